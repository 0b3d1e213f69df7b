#include "analysis/support/parallel_for.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(ParallelFor, DoesEveryPieceOnce) {
  for (const int threads : {-1, 1, 2, 7, 100}) {
    std::vector<int> done(33, 0);
    parallel_for(33, threads, [&](int i) { ++done[static_cast<std::size_t>(i)]; });
    EXPECT_EQ(done, std::vector<int>(33, 1)) << threads;
  }
}

TEST(ParallelFor, NothingToDoIsNoError) {
  parallel_for(0, 4, [](int) { FAIL(); });
  parallel_for(-3, 4, [](int) { FAIL(); });
}

TEST(ParallelFor, TheFirstPiecesExceptionReachesTheCaller) {
  std::string message;
  try {
    parallel_for(20, 3, [](int i) {
      if (i % 5 == 3) throw std::runtime_error("piece " + std::to_string(i));
    });
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  EXPECT_EQ(message, "piece 3");
}

}  // namespace
}  // namespace focalhip
