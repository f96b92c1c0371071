// Philox4x32-10, bit for bit as experiments/random/philox.ts. Salmon et al.: Parallel Random Numbers: As Easy as 1, 2, 3. SC 2011.
#pragma once
#include <cstdint>

namespace strata {

struct PhiloxBlock {
  uint32_t words[4];
};

PhiloxBlock philox4x32(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1);

}  // namespace strata
