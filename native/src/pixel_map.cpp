#include "pixel_map.h"

#include <cstring>
#include <stdexcept>

#ifdef _WIN32
#define NOMINMAX
#include <windows.h>
#else
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace strata {

#ifdef _WIN32

namespace {
std::runtime_error Fault(const char* what) {
  return std::runtime_error(std::string(what) + " failed with error " + std::to_string(GetLastError()));
}
std::wstring Wide(const std::string& text) {
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), int(text.size()), nullptr, 0);
  std::wstring wide(length, L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), int(text.size()), wide.data(), length);
  return wide;
}
}  // namespace

PixelMap MapFile(const std::string& path) {
  const HANDLE file = CreateFileW(Wide(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) throw Fault("CreateFile");
  LARGE_INTEGER size;
  const HANDLE mapping = GetFileSizeEx(file, &size) ? CreateFileMappingW(file, nullptr, PAGE_WRITECOPY, 0, 0, nullptr) : nullptr;
  CloseHandle(file);
  if (!mapping) throw Fault("CreateFileMapping");
  void* data = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
  CloseHandle(mapping);
  if (!data) throw Fault("MapViewOfFile");
  return {data, std::size_t(size.QuadPart)};
}

void UnmapFile(PixelMap map) {
  if (map.data) UnmapViewOfFile(map.data);
}

#else

PixelMap MapFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw std::runtime_error(std::strerror(errno));
  struct stat status;
  if (fstat(file, &status) != 0 || status.st_size == 0) {
    close(file);
    throw std::runtime_error("the file is empty or cannot be asked for its size");
  }
  // Private and writable: a stray write stays in this process instead of ending it, and never reaches the file.
  int flags = MAP_PRIVATE;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;
#endif
  void* data = mmap(nullptr, std::size_t(status.st_size), PROT_READ | PROT_WRITE, flags, file, 0);
  const int fault = errno;
  close(file);
  if (data == MAP_FAILED) throw std::runtime_error(std::strerror(fault));
  return {data, std::size_t(status.st_size)};
}

void UnmapFile(PixelMap map) {
  if (map.data) munmap(map.data, map.bytes);
}

#endif

}  // namespace strata
