// A file mapped into memory: its pages are shared by all processes that map it and belong to the system's cache, not to the process.
#pragma once
#include <cstddef>
#include <string>

namespace strata {

struct PixelMap {
  void* data = nullptr;
  std::size_t bytes = 0;
};

// Throws std::runtime_error with what the system says.
PixelMap MapFile(const std::string& path);
void UnmapFile(PixelMap map);

}  // namespace strata
