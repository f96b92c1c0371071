// The plan of one image as experiments/augmentation/encode-plan.ts writes it: a head of fixed length, then control points of the warp, taps of
// the blur, and holes. All numbers are doubles.
#pragma once
#include <cstddef>
#include <cstdint>

namespace strata {

enum class Border { kMean = 0, kBlack = 1, kEdge = 2, kReflect = 3 };
enum class Mix { kNone = 0, kBlend = 1, kPaste = 2 };

enum PlanField : std::size_t {
  kSource = 0,
  kBorder = 1,
  kInverse = 2,  // nine
  kWarpCells = 11,
  kBlurTaps = 12,
  kHasColour = 13,
  kColour = 14,  // twelve
  kNoise = 26,
  kNoiseIsGrey = 27,
  kEpoch = 28,
  kHoles = 29,
  kMix = 30,
  kShare = 31,
  kPartner = 32,
  kHole = 33,  // top, left, bottom, right
  kLength = 37,
  kHeadLength = 38,
};

// Checks the lengths within a plan and that its source is an image; `available` doubles are left from `plan` on.
bool IsPlanWhole(const double* plan, std::size_t available, std::size_t images, int height, int width);

}  // namespace strata
