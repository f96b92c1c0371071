// The pipeline under the compilers' sanitizers, without JavaScript around it: real plans (written by main/datasets/bench/sanitize-bench.ts), more
// threads than cores, many batches under way, and pipelines that are closed in the middle of their work. Ends with 0 when every batch that was
// finished is the same as one thread made it.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "../src/pipeline.h"
#include "../src/pixel_map.h"

namespace {

template <typename T>
std::vector<T> Read(std::FILE* file, std::size_t count) {
  std::vector<T> values(count);
  if (std::fread(values.data(), sizeof(T), count, file) != count) {
    std::fprintf(stderr, "the file of plans ends early\n");
    std::exit(2);
  }
  return values;
}


std::unique_ptr<strata::Job> NewJob(const std::vector<double>& plans, const std::vector<uint32_t>& offsets, float* images, std::atomic<int>& left) {
  auto job = std::make_unique<strata::Job>();
  job->plans = plans;
  job->offsets = offsets;
  job->images = images;
  job->finished = [&left] { left.fetch_sub(1, std::memory_order_acq_rel); };
  return job;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::FILE* file = std::fopen(argv[1], "rb");
  if (file == nullptr) return 2;
  const auto head = Read<int32_t>(file, 8);
  strata::Format format;
  format.height = head[0], format.width = head[1], format.channels = head[2];
  format.out_height = head[3], format.out_width = head[4];
  const std::size_t images = head[5], count = head[6], length = head[7];
  format.seed = 7, format.noise_purpose = 99;
  for (int c = 0; c < format.channels; c++) format.mean[c] = 0.5f, format.std[c] = 0.25f, format.fill[c] = 127.5f;
  format.table.resize(std::size_t(256) * format.channels);
  for (std::size_t i = 0; i < format.table.size(); i++) format.table[i] = (float(i % 256) / 255 - 0.5f) / 0.25f;
  format.normals = Read<float>(file, 4096);
  const auto offsets = Read<uint32_t>(file, count);
  const auto plans = Read<double>(file, length);
  std::fclose(file);
  for (const uint32_t offset : offsets) {
    if (!strata::IsPlanWhole(plans.data() + offset, plans.size() - offset, images, format.out_height, format.out_width)) return 3;
  }
  std::vector<uint8_t> pixels(images * format.source_bytes());
  for (std::size_t i = 0; i < pixels.size(); i++) pixels[i] = uint8_t(i * 31 + (i >> 8));
  const std::size_t floats = count * format.output_floats();

  std::vector<float> expected(floats);
  {
    std::atomic<int> left{1};
    strata::Pipeline one(format, pixels.data(), images, 1);
    one.Add(NewJob(plans, offsets, expected.data(), left));
    while (left.load(std::memory_order_acquire) > 0) std::this_thread::yield();
  }
  constexpr int kBatches = 8;
  std::vector<std::vector<float>> made(kBatches, std::vector<float>(floats));
  for (int round = 0; round < 3; round++) {
    std::atomic<int> left{kBatches};
    strata::Pipeline many(format, pixels.data(), images, 5);
    for (auto& batch : made) many.Add(NewJob(plans, offsets, batch.data(), left));
    while (left.load(std::memory_order_acquire) > 0) std::this_thread::yield();
    for (const auto& batch : made) {
      if (std::memcmp(batch.data(), expected.data(), floats * sizeof(float)) != 0) {
        std::fprintf(stderr, "five threads made another batch than one\n");
        return 4;
      }
    }
  }
  // Closed while it works: nothing is touched afterwards, nothing is lost.
  for (int round = 0; round < 5; round++) {
    std::atomic<int> left{kBatches};
    strata::Pipeline closed(format, pixels.data(), images, 3);
    for (auto& batch : made) closed.Add(NewJob(plans, offsets, batch.data(), left));
    while (round > 0 && left.load(std::memory_order_acquire) > kBatches - round) std::this_thread::yield();
    closed.Stop();
  }
  const strata::PixelMap map = strata::MapFile(argv[1]);
  if (map.bytes == 0 || std::memcmp(map.data, head.data(), head.size() * sizeof(int32_t)) != 0) return 5;
  strata::UnmapFile(map);
  return 0;
}
