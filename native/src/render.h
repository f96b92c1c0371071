// Carries out the plan of one image in float32: see experiments/augmentation/render-image.ts, of which this is the fast form.
#pragma once
#include <cstdint>
#include <vector>

#include "plan.h"

namespace strata {

struct Format {
  int height = 0, width = 0, channels = 0;
  int out_height = 0, out_width = 0;
  uint32_t seed = 0, noise_purpose = 0;
  float mean[3] = {}, std[3] = {};  // of normalisation
  float fill[3] = {};               // mean colour, 0 .. 255
  std::vector<float> table;         // channels x 256: a byte normalised
  std::vector<float> normals;       // 4096 quantiles

  std::size_t source_bytes() const { return std::size_t(height) * width * channels; }
  std::size_t output_floats() const { return std::size_t(out_height) * out_width * channels; }
};

// Memory of one thread, made once.
class Renderer {
 public:
  explicit Renderer(const Format& format);
  // `source` is the image of the plan, `target` its place in the batch.
  void Render(const double* plan, const uint8_t* source, float* target);
  // After Render of both: mixes `partner` into `target`.
  void MixInto(const double* plan, const float* partner, float* target) const;
  std::vector<float>& partner() { return partner_; }

 private:
  void Resample(const double* plan, const uint8_t* source, float* target);
  bool CopyExactly(const double* plan, const uint8_t* source, float* target) const;
  void ResampleAligned(const double* plan, const uint8_t* source, float* target);
  void ResampleAnyhow(const double* plan, const uint8_t* source, float* target);
  void Blur(const double* taps, int count, float* values);
  void AddNoise(const double* plan, float* values) const;

  const Format& format_;
  std::vector<float> scratch_, partner_, rows_;
  std::vector<int> left_, right_;
  std::vector<float> weight_;
  std::vector<float> xs_, ys_;
};

}  // namespace strata
