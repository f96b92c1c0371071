#include "pipeline.h"

#include <algorithm>

namespace strata {

Pipeline::Pipeline(Format format, const uint8_t* pixels, std::size_t images, int threads)
    : format_(std::move(format)), pixels_(pixels), images_(images) {
  threads_.reserve(threads);
  for (int i = 0; i < threads; i++) threads_.emplace_back([this] { Work(); });
}

Pipeline::~Pipeline() { Stop(); }

void Pipeline::Add(std::unique_ptr<Job> job) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_all();
}

void Pipeline::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  jobs_.clear();
}

void Pipeline::Work() {
  Renderer renderer(format_);
  std::unique_lock<std::mutex> lock(mutex_);
  const auto open = [this] {
    return std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->next < job->offsets.size(); });
  };
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || open() != jobs_.end(); });
    if (stopping_) return;
    Job* job = open()->get();
    // A few images at a time: with small ones the lock would cost as much as the work.
    const std::size_t count = job->offsets.size();
    const std::size_t begin = job->next;
    const std::size_t end = std::min(count, begin + std::max<std::size_t>(1, count / (8 * threads_.size() + 1)));
    job->next = end;
    lock.unlock();
    for (std::size_t i = begin; i < end; i++) RenderOne(renderer, *job, i);
    lock.lock();
    job->done += end - begin;
    if (job->done < count) continue;
    const auto at = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& one) { return one.get() == job; });
    const std::unique_ptr<Job> finished = std::move(*at);
    jobs_.erase(at);
    lock.unlock();
    finished->finished();
    lock.lock();
  }
}

void Pipeline::RenderOne(Renderer& renderer, const Job& job, std::size_t i) const {
  const std::size_t source_bytes = format_.source_bytes();
  const auto pixels_of = [&](const double* plan) { return pixels_ + std::size_t(plan[kSource]) * source_bytes; };
  const double* plan = job.plans.data() + job.offsets[i];
  float* target = job.images + i * format_.output_floats();
  renderer.Render(plan, pixels_of(plan), target);
  if (plan[kMix] == double(Mix::kNone)) return;
  const double* other = job.plans.data() + job.offsets[std::size_t(plan[kPartner])];
  renderer.Render(other, pixels_of(other), renderer.partner().data());
  renderer.MixInto(plan, renderer.partner().data(), target);
}

}  // namespace strata
