#include "models/data/gzip_file.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <zlib.h>

#include "base/error.h"

namespace bitloom::data {
namespace {

constexpr std::size_t kMostUnpacked = std::size_t{1} << 31;

/// Unpacks the members of a gzip file, one after another.
class Gunzip {
 public:
  Gunzip(const std::string& path, FileBytes& packed) : path_(path), packed_(packed) {
    constexpr int kGzip = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzip) != Z_OK)
      throw UserError(path + ": no memory to unpack it", UserError::Kind::kResource);
  }
  ~Gunzip() { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  FileBytes unpacked() {
    constexpr std::size_t kChunk = std::size_t{1} << 20;
    FileBytes bytes;
    std::size_t read = 0;
    while (true) {
      const std::size_t held = bytes.size();
      if (held >= kMostUnpacked)
        throw UserError(fmt::format("{}: unpacks to more than {} bytes, the most that is read",
                                    path_, kMostUnpacked));
      const std::size_t given = std::min(packed_.size() - read, kChunk);
      bytes.resize(held + kChunk);
      stream_.next_in = packed_.data() + read;
      stream_.avail_in = static_cast<uInt>(given);
      stream_.next_out = bytes.data() + held;
      stream_.avail_out = static_cast<uInt>(kChunk);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      read += given - stream_.avail_in;
      bytes.resize(bytes.size() - stream_.avail_out);
      if (status == Z_STREAM_END) {
        if (read == packed_.size()) return bytes;
        inflateReset(&stream_);
      } else if (status != Z_OK) {
        throw broken(read);
      }
    }
  }

 private:
  UserError broken(std::size_t read) const {
    if (read == packed_.size())
      return UserError(fmt::format("{}: is compressed by gzip, and ends early", path_));
    return UserError(fmt::format("{}: is compressed by gzip, and damaged at byte {}: {}", path_,
                                 read, stream_.msg ? stream_.msg : "no gzip data"));
  }

  const std::string& path_;
  FileBytes& packed_;
  z_stream stream_{};
};

}  // namespace

FileBytes read_unpacked(const std::string& path) {
  constexpr std::size_t kTarPlace = 257;
  constexpr std::string_view kTar = "ustar";
  FileBytes bytes = read_bytes(path, {.kinds = FileKinds::kRegularOnly});
  if (bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
    bytes = Gunzip(path, bytes).unpacked();
  if (bytes.size() >= kTarPlace + kTar.size() &&
      std::equal(kTar.begin(), kTar.end(), bytes.begin() + kTarPlace))
    throw UserError(path + ": is a tar archive; tar -xf takes the files out of it");
  return bytes;
}

}  // namespace bitloom::data
