// Threads that fill batches. A job is one batch; threads take its images one after the other, and the oldest job goes first. Every image
// depends on its own plan alone, so results do not depend on the number of threads.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "render.h"

namespace strata {

struct Job {
  std::vector<double> plans;
  std::vector<uint32_t> offsets;  // of each image's plan
  float* images = nullptr;
  std::size_t next = 0, done = 0;
  std::function<void()> finished;  // called on a thread of the pool
};

class Pipeline {
 public:
  Pipeline(Format format, const uint8_t* pixels, std::size_t images, int threads);
  ~Pipeline();
  // `job` must be whole: see IsPlanWhole.
  void Add(std::unique_ptr<Job> job);
  // Ends the threads after their current image; jobs that are not done never finish.
  void Stop();
  const Format& format() const { return format_; }
  std::size_t images() const { return images_; }

 private:
  void Work();
  void RenderOne(Renderer& renderer, const Job& job, std::size_t i) const;

  const Format format_;
  const uint8_t* const pixels_;
  const std::size_t images_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> jobs_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

}  // namespace strata
