// Reception of CT series over loopback, beside DCMTK's storescp. Prints one table; see README.md.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>

#include "listener/support/durable_file.h"
#include "tests/support/acceptor_process.h"
#include "tests/support/child_process.h"
#include "tests/support/part10_bytes.h"
#include "tests/support/raw_peer.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using std::chrono::steady_clock;

struct BenchOptions {
  int slices = 300;
  int repeats = 5;
  fs::path folder = fs::temp_directory_path();
};

double seconds_of(const std::function<void()>& work) {
  const auto begin = steady_clock::now();
  work();
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void make_series(const fs::path& folder, int slices) {
  fs::create_directories(folder);
  for (int i = 1; i <= slices; ++i) {
    CtSlice slice;
    slice.rows = 512;
    slice.columns = 512;
    slice.series_uid = "1.2.826.0.1.1";
    slice.sop_instance_uid = "1.2.826.0.1.1." + std::to_string(i);
    slice.instance_number = i;
    slice.z_mm = i;
    slice.pixel_fill = static_cast<char>(i);
    write_bytes(folder / (std::to_string(1000 + i) + ".dcm"), ct_file(slice));
  }
}

// storescu's environment decides about Nagle on its side; ours is inherited by the child.
void set_no_delay(bool on) {
  if (on)
    ::setenv("TCP_NODELAY", "1", 1);
  else
    ::unsetenv("TCP_NODELAY");
}

// `associations` senders at once, each with the whole series. Throws when one fails.
double send(const fs::path& series, const fs::path& logs, std::uint16_t port, int associations) {
  return seconds_of([&] {
    std::vector<std::unique_ptr<ChildProcess>> senders;
    for (int i = 0; i < associations; ++i)
      senders.push_back(std::make_unique<ChildProcess>(std::vector<std::string>{"storescu",
                                                                                "-aet",
                                                                                "CTSCANNER",
                                                                                "-aec",
                                                                                "FOCALHIP",
                                                                                "+sd",
                                                                                "127.0.0.1",
                                                                                std::to_string(port),
                                                                                series.string()},
                                                       logs / ("sender" + std::to_string(i) + ".log")));
    for (const auto& sender : senders)
      if (const int status = sender->wait(300s); status != 0)
        throw std::runtime_error("storescu ended with " + std::to_string(status) + ": " + sender->output());
  });
}

void wait_for_listener(std::uint16_t port) {
  const bool up = wait_until(
      [port] {
        try {
          const RawPeer probe(port);
          return true;
        } catch (const std::runtime_error&) {
          return false;
        }
      },
      10s);
  if (!up) throw std::runtime_error("storescp did not start");
}

std::uint16_t free_port() { return open_listen_socket("127.0.0.1", 0).port; }

double time_storescp(const fs::path& series,
                     const fs::path& work,
                     const std::vector<std::string>& options,
                     int associations) {
  const fs::path out = work / "storescp";
  fs::create_directories(out);
  const std::uint16_t port = free_port();
  std::vector<std::string> command = {"storescp", "-aet", "FOCALHIP", "-uf", "-od", out.string()};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back(std::to_string(port));
  double seconds = 0.0;
  {
    const ChildProcess server(command, work / "storescp.log");
    wait_for_listener(port);
    try {
      seconds = send(series, work, port, associations);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(std::string("storescp: ") + error.what() + server.output());
    }
  }
  fs::remove_all(out);
  return seconds;
}

double time_ours(const fs::path& series, const fs::path& work, int associations) {
  const fs::path data = work / "node";
  double seconds = 0.0;
  {
    const AcceptorProcess node(reception_config(data), work / "node.log");
    try {
      seconds = send(series, work, node.port(), associations);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(std::string("node: ") + error.what() + node.log());
    }
  }
  std::size_t stored = 0;
  for (const ReceivedAssociation& association : received(reception_config(data)))
    stored += association.objects.size();
  const auto expected = static_cast<std::size_t>(
      std::distance(fs::directory_iterator(series), fs::directory_iterator()) * associations);
  if (stored != expected) throw std::runtime_error("the node did not store everything");
  fs::remove_all(data);
  return seconds;
}

// What the promise costs on this disk: the same files written with and without fsync, rename, fsync of the
// folder.
double write_all(const fs::path& folder, int files, const std::string& bytes, bool durable) {
  fs::create_directories(folder / "in");
  fs::create_directories(folder / "out");
  const double seconds = seconds_of([&] {
    for (int i = 0; i < files; ++i) {
      const fs::path part = folder / "in" / std::to_string(i);
      const fs::path final = folder / "out" / std::to_string(i);
      if (durable) {
        write_new_file_synced(part, bytes);
        fs::rename(part, final);
        sync_folder(folder / "out");
      } else {
        write_bytes(part, bytes);
        fs::rename(part, final);
      }
    }
  });
  fs::remove_all(folder);
  return seconds;
}

using Samples = std::map<std::string, std::vector<double>>;

void measure_once(const BenchOptions& options,
                  const fs::path& series,
                  const fs::path& work,
                  Samples& samples) {
  const std::string bytes = read_small_file(fs::directory_iterator(series)->path());
  samples["disk plain"].push_back(write_all(work / "plain", options.slices, bytes, false));
  samples["disk durable"].push_back(write_all(work / "durable", options.slices, bytes, true));
  set_no_delay(true);
  for (const int associations : {1, 2, 4}) {
    const std::string suffix = " " + std::to_string(associations);
    samples["ours" + suffix].push_back(time_ours(series, work, associations));
    samples["storescp" + suffix].push_back(time_storescp(series, work, {"+B", "--fork"}, associations));
  }
  set_no_delay(false);
  samples["ours, unmodified sender"].push_back(time_ours(series, work, 1));
  samples["stock storescp"].push_back(time_storescp(series, work, {}, 1));
}

void print(const BenchOptions& options, const Samples& samples) {
  const auto of = [&](const std::string& name) { return median(samples.at(name)); };
  for (const auto& [name, values] : samples) {
    std::printf("%-26s median %7.3f s   runs", name.c_str(), median(values));
    for (const double value : values) std::printf(" %.3f", value);
    std::printf("\n");
  }
  const double durability = of("disk durable") - of("disk plain");
  std::printf("\ndurability of one series on this disk: %.3f s (%.2f ms per object)\n",
              durability,
              1000.0 * durability / options.slices);
  std::printf("%-14s %10s %10s %10s %8s\n", "associations", "ours s", "storescp s", "bound s", "met");
  for (const int associations : {1, 2, 4}) {
    const std::string suffix = " " + std::to_string(associations);
    const double bound = of("storescp" + suffix) / 0.7 + durability * associations;
    std::printf("%-14d %10.3f %10.3f %10.3f %8s\n",
                associations,
                of("ours" + suffix),
                of("storescp" + suffix),
                bound,
                of("ours" + suffix) <= bound ? "yes" : "NO");
  }
  const double ratio = of("stock storescp") / of("ours, unmodified sender");
  std::printf("unmodified sender: %.1f times as fast as stock storescp, 5 wanted: %s\n",
              ratio,
              ratio >= 5.0 ? "yes" : "NO");
}

int run(const BenchOptions& options) {
  for (const char* const program : {"storescu", "storescp"})
    if (!has_program(program)) {
      std::fprintf(stderr, "%s (package dcmtk) is not installed\n", program);
      return 1;
    }
  ::setenv("TMPDIR", options.folder.c_str(), 1);
  const TemporaryFolder folder;
  const fs::path series = folder.path() / "series";
  make_series(series, options.slices);
  Samples samples;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    measure_once(options, series, folder.path(), samples);
    std::fprintf(stderr, "repeat %d of %d done\n", repeat + 1, options.repeats);
  }
  print(options, samples);
  return 0;
}

}  // namespace
}  // namespace focalhip

// reception_bench [SLICES [REPEATS [FOLDER]]]
int main(int argc, char** argv) {
  focalhip::BenchOptions options;
  if (argc > 1) options.slices = std::max(1, std::atoi(argv[1]));
  if (argc > 2) options.repeats = std::max(1, std::atoi(argv[2]));
  if (argc > 3) options.folder = argv[3];
  try {
    return focalhip::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
