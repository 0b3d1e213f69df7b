#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace focalhip {

// work(i) for i = 0 .. count - 1 on some threads. Each i must write only what is its own: then the thread
// count changes speed, never numbers. An exception ends up at the caller; of several, that of the smallest i.
template <typename Work>
void parallel_for(int count, int threads, const Work& work) {
  if (count <= 0) return;
  std::vector<std::exception_ptr> failure(static_cast<std::size_t>(count));
  std::atomic<int> next{0};
  const auto take_turns = [&] {
    for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      try {
        work(i);
      } catch (...) {
        failure[static_cast<std::size_t>(i)] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (int i = 1; i < std::min(threads, count); ++i) helpers.emplace_back(take_turns);
    take_turns();
  }
  for (const std::exception_ptr& one : failure) {
    if (one) std::rethrow_exception(one);
  }
}

}  // namespace focalhip
