#include "render.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "philox.h"

// Where the C library can choose at load time, loops exist once more for wider vectors. Multiplication and addition are rounded one by one in
// both, so the results are the same to the last bit.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__) && !defined(STRATA_SANITIZED)
#define STRATA_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define STRATA_WIDE
#endif

namespace strata {
namespace {

// The row or column to read; -1 for the fill colour.
inline int Place(int position, int size, Border border) {
  if (position >= 0 && position < size) return position;
  switch (border) {
    case Border::kEdge:
      return position < 0 ? 0 : size - 1;
    case Border::kReflect: {
      const int period = std::max(1, 2 * size - 2);
      const int folded = ((position % period) + period) % period;
      return folded < size ? folded : period - folded;
    }
    default:
      return -1;
  }
}

inline bool Fills(Border border) { return border == Border::kMean || border == Border::kBlack; }

// Far outside all is the same: keeps what follows within integers. Not a number becomes far outside as well.
inline double Limit(double position, int size, bool fills) {
  const double far = fills ? 2 : 4.0 * size;
  return std::min(size + far, std::max(-far, position));
}

inline void SplineWeights(double t, double weights[4]) {
  const double s = 1 - t, t2 = t * t, t3 = t2 * t;
  weights[0] = s * s * s / 6;
  weights[1] = (3 * t3 - 6 * t2 + 4) / 6;
  weights[2] = (-3 * t3 + 3 * t2 + 3 * t + 1) / 6;
  weights[3] = t3 / 6;
}

STRATA_WIDE void BlendRows(const float* upper, const float* lower, float t, float* to, int n) {
  for (int i = 0; i < n; i++) to[i] = upper[i] * (1 - t) + lower[i] * t;
}

STRATA_WIDE void Recolour3(const float* m, float* r, float* g, float* b, int n) {
  for (int i = 0; i < n; i++) {
    const float x = r[i], y = g[i], z = b[i];
    r[i] = m[3] + m[0] * x + m[1] * y + m[2] * z;
    g[i] = m[7] + m[4] * x + m[5] * y + m[6] * z;
    b[i] = m[11] + m[8] * x + m[9] * y + m[10] * z;
  }
}

STRATA_WIDE void Scale(float* values, int n, float factor, float shift) {
  for (int i = 0; i < n; i++) values[i] = values[i] * factor + shift;
}

STRATA_WIDE void LimitAndScale(float* values, int n, float factor, float shift) {
  for (int i = 0; i < n; i++) values[i] = std::min(255.0f, std::max(0.0f, values[i])) * factor + shift;
}

STRATA_WIDE void AddScaled(const float* from, float tap, float* to, int n) {
  for (int i = 0; i < n; i++) to[i] += tap * from[i];
}

STRATA_WIDE void AddBothScaled(const float* before, const float* after, float tap, float* to, int n) {
  for (int i = 0; i < n; i++) to[i] += tap * (before[i] + after[i]);
}

STRATA_WIDE void Blend(const float* partner, float share, float* target, std::size_t n) {
  for (std::size_t i = 0; i < n; i++) target[i] = partner[i] + share * (target[i] - partner[i]);
}

}  // namespace

bool IsPlanWhole(const double* plan, std::size_t available, std::size_t images, int height, int width) {
  if (available < kHeadLength) return false;
  const double length = plan[kLength];
  if (!(length >= kHeadLength && length <= double(available))) return false;
  if (!(plan[kSource] >= 0 && plan[kSource] < double(images))) return false;
  const double cells = plan[kWarpCells], taps = plan[kBlurTaps], holes = plan[kHoles];
  if (!(cells >= 0 && cells <= 1024 && taps >= 0 && taps <= 4096 && holes >= 0 && holes <= 4096)) return false;
  const double warp = cells > 0 ? 2 * (cells + 3) * (cells + 3) : 0;
  if (kHeadLength + warp + taps + 4 * holes != length) return false;
  const auto is_hole = [&](const double* hole) {
    return hole[0] >= 0 && hole[1] >= 0 && hole[2] <= height && hole[3] <= width;
  };
  if (!is_hole(plan + kHole)) return false;
  const double* hole = plan + std::size_t(kHeadLength + warp + taps);
  for (int i = 0; i < int(holes); i++)
    if (!is_hole(hole + 4 * i)) return false;
  return true;
}

Renderer::Renderer(const Format& format) : format_(format) {
  const int width = format.out_width;
  scratch_.resize(std::size_t(format.out_height) * width);
  partner_.resize(format.output_floats());
  rows_.resize(std::size_t(2) * width * format.channels);
  left_.resize(width);
  right_.resize(width);
  weight_.resize(width);
  xs_.resize(width);
  ys_.resize(width);
}

void Renderer::Render(const double* plan, const uint8_t* source, float* target) {
  const Format& f = format_;
  const int size = f.out_height * f.out_width;
  const int cells = int(plan[kWarpCells]), taps = int(plan[kBlurTaps]), holes = int(plan[kHoles]);
  const double* blur = plan + kHeadLength + (cells > 0 ? 2 * (cells + 3) * (cells + 3) : 0);
  const bool has_colour = plan[kHasColour] != 0, has_noise = plan[kNoise] > 0;
  const bool is_plain = taps == 0 && !has_colour && !has_noise;
  if (!(is_plain && CopyExactly(plan, source, target))) {
    Resample(plan, source, target);
    if (taps > 0) Blur(blur, taps, target);
    if (has_colour) {
      if (f.channels == 3) {
        float m[12];
        for (int i = 0; i < 12; i++) m[i] = float(plan[kColour + i]);
        Recolour3(m, target, target + size, target + 2 * size, size);
      } else {
        Scale(target, size, float(plan[kColour]), float(plan[kColour + 1]));
      }
    }
    if (has_noise) AddNoise(plan, target);
    for (int c = 0; c < f.channels; c++) {
      const float factor = 1 / (255 * f.std[c]), shift = -f.mean[c] / f.std[c];
      if (has_colour || has_noise) LimitAndScale(target + c * size, size, factor, shift);
      else Scale(target + c * size, size, factor, shift);
    }
  }
  const double* hole = blur + taps;
  for (int i = 0; i < holes; i++, hole += 4) {
    const int top = int(hole[0]), left = int(hole[1]), bottom = int(hole[2]), right = int(hole[3]);
    for (int c = 0; c < f.channels; c++) {
      const float covered = (f.fill[c] / 255 - f.mean[c]) / f.std[c];
      for (int y = top; y < bottom; y++) {
        float* row = target + c * size + y * f.out_width;
        for (int x = left; x < right; x++) row[x] = covered;
      }
    }
  }
}

void Renderer::MixInto(const double* plan, const float* partner, float* target) const {
  const Format& f = format_;
  if (plan[kMix] == double(Mix::kBlend)) {
    Blend(partner, float(plan[kShare]), target, f.output_floats());
    return;
  }
  const int top = int(plan[kHole]), left = int(plan[kHole + 1]), bottom = int(plan[kHole + 2]), right = int(plan[kHole + 3]);
  if (right <= left) return;
  for (int c = 0; c < f.channels; c++)
    for (int y = top; y < bottom; y++) {
      const std::size_t at = (std::size_t(c) * f.out_height + y) * f.out_width + left;
      std::memcpy(target + at, partner + at, sizeof(float) * (right - left));
    }
}

// Moves by whole pixels, mirrored or not: bytes are looked up, nothing is computed.
bool Renderer::CopyExactly(const double* plan, const uint8_t* source, float* target) const {
  const Format& f = format_;
  const double* m = plan + kInverse;
  const bool is_whole = plan[kWarpCells] == 0 && std::fabs(m[0]) == 1 && m[1] == 0 && m[3] == 0 && std::fabs(m[4]) == 1 &&
                        m[6] == 0 && m[7] == 0 && m[8] == 1 && m[2] == std::floor(m[2]) && m[5] == std::floor(m[5]) &&
                        std::fabs(m[2]) < 1e6 && std::fabs(m[5]) < 1e6;
  if (!is_whole) return false;
  const Border border = Border(int(plan[kBorder]));
  const int dx = int(m[0]), x0 = int(m[2]), dy = int(m[4]), y0 = int(m[5]);
  const int size = f.out_height * f.out_width;
  float outside[3];
  for (int c = 0; c < f.channels; c++) {
    outside[c] = ((border == Border::kMean ? f.fill[c] : 0) / 255 - f.mean[c]) / f.std[c];
  }
  // Columns inside of the image: first <= x < last.
  int first = 0, last = f.out_width;
  while (first < last && (x0 + dx * first < 0 || x0 + dx * first >= f.width)) first++;
  while (last > first && (x0 + dx * (last - 1) < 0 || x0 + dx * (last - 1) >= f.width)) last--;
  for (int y = 0; y < f.out_height; y++) {
    const int row = Place(y0 + dy * y, f.height, border);
    for (int c = 0; c < f.channels; c++) {
      float* to = target + c * size + y * f.out_width;
      if (row < 0) {
        std::fill(to, to + f.out_width, outside[c]);
        continue;
      }
      const float* table = f.table.data() + 256 * c;
      const uint8_t* from = source + std::size_t(row) * f.width * f.channels + c;
      const auto beyond = [&](int x) {
        const int column = Place(x0 + dx * x, f.width, border);
        return column < 0 ? outside[c] : table[from[column * f.channels]];
      };
      for (int x = 0; x < first; x++) to[x] = beyond(x);
      const uint8_t* at = from + (x0 + dx * first) * f.channels;
      const int step = dx * f.channels;
      for (int x = first; x < last; x++, at += step) to[x] = table[*at];
      for (int x = last; x < f.out_width; x++) to[x] = beyond(x);
    }
  }
  return true;
}

void Renderer::Resample(const double* plan, const uint8_t* source, float* target) {
  const double* m = plan + kInverse;
  const bool is_aligned =
      plan[kWarpCells] == 0 && m[1] == 0 && m[3] == 0 && m[6] == 0 && m[7] == 0 && m[8] == 1;
  if (is_aligned) ResampleAligned(plan, source, target);
  else ResampleAnyhow(plan, source, target);
}

// Scaled, moved or mirrored: columns are the same for all rows, so a source row is stretched once and two of them are blended.
void Renderer::ResampleAligned(const double* plan, const uint8_t* source, float* target) {
  const Format& f = format_;
  const double* m = plan + kInverse;
  const Border border = Border(int(plan[kBorder]));
  const bool fills = Fills(border);
  const int width = f.out_width, channels = f.channels;
  for (int x = 0; x < width; x++) {
    const double px = Limit(m[0] * x + m[2], f.width, fills);
    const int x0 = int(std::floor(px));
    weight_[x] = float(px - x0);
    left_[x] = Place(x0, f.width, border);
    right_[x] = Place(x0 + 1, f.width, border);
  }
  float fill[3];
  for (int c = 0; c < channels; c++) fill[c] = border == Border::kMean ? f.fill[c] : 0;
  // Two stretched rows and which source rows they are; -2: none yet.
  int held[2] = {-2, -2};
  const auto stretched = [&](int row, int keep) -> int {
    for (int slot = 0; slot < 2; slot++)
      if (held[slot] == row) return slot;
    const int slot = held[0] == keep ? 1 : 0;
    held[slot] = row;
    float* to = rows_.data() + std::size_t(slot) * width * channels;
    const uint8_t* from = source + std::size_t(std::max(0, row)) * f.width * channels;
    if (row < 0) {
      for (int c = 0; c < channels; c++) std::fill(to + c * width, to + (c + 1) * width, fill[c]);
      return slot;
    }
    if (channels == 3) {
      for (int x = 0; x < width; x++) {
        const float t = weight_[x], s = 1 - t;
        const int l = left_[x] * 3, r = right_[x] * 3;
        if (l >= 0 && r >= 0) {
          to[x] = from[l] * s + from[r] * t;
          to[width + x] = from[l + 1] * s + from[r + 1] * t;
          to[2 * width + x] = from[l + 2] * s + from[r + 2] * t;
        } else {
          for (int c = 0; c < 3; c++) {
            to[c * width + x] = (l < 0 ? fill[c] : from[l + c]) * s + (r < 0 ? fill[c] : from[r + c]) * t;
          }
        }
      }
    } else {
      for (int x = 0; x < width; x++) {
        const float t = weight_[x];
        to[x] = (left_[x] < 0 ? fill[0] : from[left_[x]]) * (1 - t) + (right_[x] < 0 ? fill[0] : from[right_[x]]) * t;
      }
    }
    return slot;
  };
  const int size = f.out_height * width;
  for (int y = 0; y < f.out_height; y++) {
    const double py = Limit(m[4] * y + m[5], f.height, fills);
    const int y0 = int(std::floor(py));
    const int top = Place(y0, f.height, border), bottom = Place(y0 + 1, f.height, border);
    const int upper = stretched(top, bottom);
    const int lower = stretched(bottom, top);
    for (int c = 0; c < channels; c++) {
      BlendRows(rows_.data() + (std::size_t(upper) * channels + c) * width, rows_.data() + (std::size_t(lower) * channels + c) * width,
                float(py - y0), target + c * size + y * width, width);
    }
  }
}

void Renderer::ResampleAnyhow(const double* plan, const uint8_t* source, float* target) {
  const Format& f = format_;
  const double* m = plan + kInverse;
  const Border border = Border(int(plan[kBorder]));
  const bool fills = Fills(border), is_affine = m[6] == 0 && m[7] == 0;
  const int width = f.out_width, channels = f.channels, size = f.out_height * width;
  const int cells = int(plan[kWarpCells]), columns = 2 * (cells + 3);
  const double* control = plan + kHeadLength;
  float fill[3];
  for (int c = 0; c < channels; c++) fill[c] = border == Border::kMean ? f.fill[c] : 0;
  std::vector<double> warp(cells > 0 ? columns : 0);
  const int row_step = f.width * channels;
  for (int y = 0; y < f.out_height; y++) {
    if (cells > 0) {
      const double at = double(y) * cells / f.out_height;
      const int cell = std::min(cells - 1, int(at));
      double weights[4];
      SplineWeights(at - cell, weights);
      for (int i = 0; i < columns; i++) {
        double sum = 0;
        for (int k = 0; k < 4; k++) sum += weights[k] * control[(cell + k) * columns + i];
        warp[i] = sum;
      }
    }
    for (int x = 0; x < width; x++) {
      double u = x, v = y;
      if (cells > 0) {
        const double at = double(x) * cells / width;
        const int cell = std::min(cells - 1, int(at));
        double weights[4];
        SplineWeights(at - cell, weights);
        double dx = 0, dy = 0;
        for (int k = 0; k < 4; k++) {
          dx += weights[k] * warp[2 * (cell + k)];
          dy += weights[k] * warp[2 * (cell + k) + 1];
        }
        u += dx;
        v += dy;
      }
      const double w = is_affine ? m[8] : m[6] * u + m[7] * v + m[8];
      double sx = -2, sy = -2;
      // Behind the eye there is nothing of the image.
      if (w > 1e-6) {
        const double inverse = w == 1 ? 1 : 1 / w;
        sx = (m[0] * u + m[1] * v + m[2]) * inverse;
        sy = (m[3] * u + m[4] * v + m[5]) * inverse;
      }
      sx = Limit(sx, f.width, fills);
      sy = Limit(sy, f.height, fills);
      const int x0 = int(std::floor(sx)), y0 = int(std::floor(sy));
      const float tx = float(sx - x0), ty = float(sy - y0);
      float* to = target + y * width + x;
      if (x0 >= 0 && y0 >= 0 && x0 + 1 < f.width && y0 + 1 < f.height) {
        const uint8_t* at = source + std::size_t(y0) * row_step + x0 * channels;
        for (int c = 0; c < channels; c++) {
          const float upper = at[c] * (1 - tx) + at[channels + c] * tx;
          const float lower = at[row_step + c] * (1 - tx) + at[row_step + channels + c] * tx;
          to[c * size] = upper * (1 - ty) + lower * ty;
        }
        continue;
      }
      const int left = Place(x0, f.width, border), right = Place(x0 + 1, f.width, border);
      const int top = Place(y0, f.height, border), bottom = Place(y0 + 1, f.height, border);
      for (int c = 0; c < channels; c++) {
        const auto pixel = [&](int row, int column) {
          return row < 0 || column < 0 ? fill[c] : float(source[std::size_t(row) * row_step + column * channels + c]);
        };
        const float upper = pixel(top, left) * (1 - tx) + pixel(top, right) * tx;
        const float lower = pixel(bottom, left) * (1 - tx) + pixel(bottom, right) * tx;
        to[c * size] = upper * (1 - ty) + lower * ty;
      }
    }
  }
}

// Whole rows at a time in both directions.
void Renderer::Blur(const double* taps, int count, float* values) {
  const Format& f = format_;
  const int width = f.out_width, height = f.out_height, size = width * height;
  for (int c = 0; c < f.channels; c++) {
    float* plane = values + c * size;
    for (int y = 0; y < height; y++) {
      const float* from = plane + y * width;
      float* to = scratch_.data() + y * width;
      for (int x = 0; x < width; x++) {
        float sum = float(taps[0]) * from[x];
        for (int k = 1; k < count; k++) {
          sum += float(taps[k]) * (from[std::max(0, x - k)] + from[std::min(width - 1, x + k)]);
        }
        to[x] = sum;
      }
    }
    for (int y = 0; y < height; y++) {
      float* to = plane + y * width;
      std::fill(to, to + width, 0.0f);
      AddScaled(scratch_.data() + y * width, float(taps[0]), to, width);
      for (int k = 1; k < count; k++) {
        const float* before = scratch_.data() + std::max(0, y - k) * width;
        const float* after = scratch_.data() + std::min(height - 1, y + k) * width;
        AddBothScaled(before, after, float(taps[k]), to, width);
      }
    }
  }
}

void Renderer::AddNoise(const double* plan, float* values) const {
  const Format& f = format_;
  const int size = f.out_height * f.out_width;
  const bool is_grey = plan[kNoiseIsGrey] != 0;
  const int drawn = is_grey ? size : size * f.channels;
  const float sigma = float(plan[kNoise]);
  const uint64_t index = uint64_t(plan[kSource]);
  const uint32_t epoch = uint32_t(plan[kEpoch]);
  for (int start = 0; start < drawn; start += 8) {
    const PhiloxBlock block =
        philox4x32(uint32_t(start >> 3), uint32_t(index), epoch, uint32_t(index >> 32), f.seed, f.noise_purpose);
    const int end = std::min(drawn, start + 8);
    for (int i = start; i < end; i++) {
      const uint32_t word = block.words[(i & 7) >> 1];
      const uint32_t bits = (i & 1) == 0 ? (word & 0xffff) >> 4 : word >> 20;
      const float step = sigma * f.normals[bits];
      if (!is_grey) values[i] += step;
      else
        for (int at = i; at < size * f.channels; at += size) values[at] += step;
    }
  }
}

}  // namespace strata
