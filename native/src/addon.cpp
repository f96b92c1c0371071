// What JavaScript sees: `Pipeline` and `mapFile`. Everything is checked here, on JavaScript's thread; the threads behind trust it.
#include <napi.h>

#include <map>

#include "pipeline.h"
#include "pixel_map.h"

namespace strata {
namespace {

constexpr int kMaxThreads = 256;
constexpr std::size_t kMaxJobs = 4096;

int Integer(const Napi::Object& object, const char* name, int least, int most) {
  const Napi::Value value = object.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : least - 1.0;
  if (!(number >= least && number <= most) || number != double(int(number))) {
    throw Napi::RangeError::New(object.Env(), std::string(name) + ": expected an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return int(number);
}

uint32_t Unsigned(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (!value.IsNumber()) throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected a number");
  return value.As<Napi::Number>().Uint32Value();
}

Napi::Float32Array Floats(const Napi::Object& object, const char* name, std::size_t length) {
  const Napi::Value value = object.Get(name);
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array ||
      value.As<Napi::TypedArray>().ElementLength() != length) {
    throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected " + std::to_string(length) + " float32 numbers");
  }
  return value.As<Napi::Float32Array>();
}

Format ReadFormat(const Napi::Object& options) {
  Format f;
  f.height = Integer(options, "height", 1, 16384);
  f.width = Integer(options, "width", 1, 16384);
  f.channels = Integer(options, "channels", 1, 3);
  f.out_height = Integer(options, "outHeight", 1, 16384);
  f.out_width = Integer(options, "outWidth", 1, 16384);
  if (f.channels == 2) throw Napi::RangeError::New(options.Env(), "channels: expected 1 or 3");
  f.seed = Unsigned(options, "seed");
  f.noise_purpose = Unsigned(options, "noisePurpose");
  const auto copy = [&](const char* name, float* to) {
    const Napi::Float32Array from = Floats(options, name, f.channels);
    for (int c = 0; c < f.channels; c++) to[c] = from[c];
  };
  copy("mean", f.mean);
  copy("std", f.std);
  copy("fill", f.fill);
  const Napi::Float32Array table = Floats(options, "table", std::size_t(256) * f.channels);
  f.table.assign(table.Data(), table.Data() + table.ElementLength());
  const Napi::Float32Array normals = Floats(options, "normals", 4096);
  f.normals.assign(normals.Data(), normals.Data() + normals.ElementLength());
  return f;
}

class PipelineObject : public Napi::ObjectWrap<PipelineObject> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Pipeline",
                       {InstanceMethod<&PipelineObject::Fill>("fill"), InstanceMethod<&PipelineObject::Close>("close")});
  }

  explicit PipelineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PipelineObject>(info) {
    const Napi::Env env = info.Env();
    if (!info[0].IsObject() || !info[1].IsTypedArray()) throw Napi::TypeError::New(env, "expected options and pixels");
    const Napi::Object options = info[0].As<Napi::Object>();
    const Format format = ReadFormat(options);
    const int threads = Integer(options, "threads", 1, kMaxThreads);
    const Napi::Uint8Array pixels = info[1].As<Napi::Uint8Array>();
    if (pixels.TypedArrayType() != napi_uint8_array || pixels.ElementLength() % format.source_bytes() != 0) {
      throw Napi::TypeError::New(env, "pixels: expected bytes of whole images");
    }
    pixels_ = Napi::Persistent(info[1].As<Napi::Object>());
    done_ = Done::New(env, "strata batches", 0, 1, this);
    done_.Unref(env);
    pipeline_ = std::make_unique<Pipeline>(format, pixels.Data(), pixels.ElementLength() / format.source_bytes(), threads);
    // A thread that ends lets go of `done_` by itself; hooks run in reverse, so this one comes before that.
    napi_add_env_cleanup_hook(env, EndOf, this);
  }

  ~PipelineObject() override { End(); }

 private:
  // What JavaScript keeps of a job until it is done.
  struct Pending {
    Napi::Promise::Deferred deferred;
    Napi::ObjectReference images;
  };
  static void Settle(Napi::Env env, Napi::Function, PipelineObject* self, uint64_t* id) {
    const std::unique_ptr<uint64_t> owned(id);
    // Without an environment the process ends: nobody waits any more.
    if (static_cast<napi_env>(env) == nullptr) return;
    const Napi::HandleScope scope(env);
    const auto found = self->pending_.find(*id);
    if (found == self->pending_.end()) return;
    const Napi::Promise::Deferred deferred = found->second.deferred;
    self->pending_.erase(found);
    if (self->pending_.empty() && self->pipeline_) self->done_.Unref(env);
    deferred.Resolve(env.Undefined());
  }
  using Done = Napi::TypedThreadSafeFunction<PipelineObject, uint64_t, &PipelineObject::Settle>;

  // fill(plans: Float64Array, offsets: Uint32Array, images: Float32Array): Promise<void>
  Napi::Value Fill(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!pipeline_) throw Napi::Error::New(env, "the pipeline is closed");
    const auto is = [&](int i, napi_typedarray_type type) {
      return info[i].IsTypedArray() && info[i].As<Napi::TypedArray>().TypedArrayType() == type;
    };
    if (!is(0, napi_float64_array) || !is(1, napi_uint32_array) || !is(2, napi_float32_array)) {
      throw Napi::TypeError::New(env, "expected plans (float64), offsets (uint32) and images (float32)");
    }
    if (pending_.size() >= kMaxJobs) throw Napi::RangeError::New(env, "too many batches are waiting");
    const Napi::Float64Array plans = info[0].As<Napi::Float64Array>();
    const Napi::Uint32Array offsets = info[1].As<Napi::Uint32Array>();
    Napi::Float32Array images = info[2].As<Napi::Float32Array>();
    const Format& format = pipeline_->format();
    const std::size_t count = offsets.ElementLength();
    if (count == 0 || images.ElementLength() < count * format.output_floats()) {
      throw Napi::RangeError::New(env, "images: the batch does not fit");
    }
    auto job = std::make_unique<Job>();
    job->plans.assign(plans.Data(), plans.Data() + plans.ElementLength());
    job->offsets.assign(offsets.Data(), offsets.Data() + count);
    job->images = images.Data();
    for (const uint32_t offset : job->offsets) {
      const double* plan = job->plans.data() + offset;
      const bool is_whole = offset < job->plans.size() &&
                            IsPlanWhole(plan, job->plans.size() - offset, pipeline_->images(), format.out_height, format.out_width) &&
                            plan[kPartner] >= 0 && plan[kPartner] < double(count);
      if (!is_whole) throw Napi::RangeError::New(env, "plans: one is not whole");
    }
    const uint64_t id = next_id_++;
    job->finished = [this, id] { done_.NonBlockingCall(new uint64_t(id)); };
    const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
    if (pending_.empty()) done_.Ref(env);
    pending_.emplace(id, Pending{deferred, Napi::Persistent(info[2].As<Napi::Object>())});
    pipeline_->Add(std::move(job));
    return deferred.Promise();
  }

  // Rejects what is under way.
  Napi::Value Close(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    std::map<uint64_t, Pending> left;
    End();
    left.swap(pending_);
    for (const auto& [id, pending] : left) pending.deferred.Reject(Napi::Error::New(env, "the pipeline was closed").Value());
    pixels_.Reset();
    return env.Undefined();
  }

  static void EndOf(void* self) { static_cast<PipelineObject*>(self)->End(); }

  void End() {
    if (!pipeline_) return;
    napi_remove_env_cleanup_hook(Env(), EndOf, this);
    pipeline_.reset();
    done_.Release();
  }

  Napi::ObjectReference pixels_;
  Done done_;
  std::unique_ptr<Pipeline> pipeline_;
  std::map<uint64_t, Pending> pending_;
  uint64_t next_id_ = 0;
};

Napi::Value MapFileForJs(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsString()) throw Napi::TypeError::New(env, "expected a path");
  try {
    const PixelMap map = MapFile(info[0].As<Napi::String>().Utf8Value());
    return Napi::ArrayBuffer::New(env, map.data, map.bytes, [bytes = map.bytes](Napi::BasicEnv, void* data) { UnmapFile({data, bytes}); });
  } catch (const std::runtime_error& fault) {
    throw Napi::Error::New(env, fault.what());
  }
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("Pipeline", PipelineObject::Define(env));
  exports.Set("mapFile", Napi::Function::New<MapFileForJs>(env, "mapFile"));
  return exports;
}

}  // namespace
}  // namespace strata

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return strata::Init(env, exports); }
NODE_API_MODULE(strata_native, InitAddon)
