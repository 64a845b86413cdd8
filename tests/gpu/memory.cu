// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/backend/gpu.cuh>

#include <string>
#include <utility>
#include <vector>

namespace fg = filigree;
using Catch::Contains;

TEST_CASE("memory that was given back is taken again, and none comes from CUDA") {
  const auto on = fg::gpu::with_own_stream();
  if (!on.context()->pool().keeps()) return;
  const float* first = nullptr;
  {
    const auto a = on.allocate<float>(1000);
    first = a.data();
  }
  const auto before = on.counters().fresh_bytes;
  const auto again = on.allocate<float>(1000);
  CHECK(again.data() == first);
  CHECK(on.counters().fresh_bytes == before);
  const auto more = on.allocate<float>(1000);
  CHECK(more.data() != first);
  CHECK(on.counters().fresh_bytes > before);
}

TEST_CASE("device buffers move, copy and borrow") {
  const fg::gpu on;
  const std::vector<int> host{1, 2, 3};
  auto a = on.upload(std::span(host));
  const int* const data = a.data();
  const auto moved = std::move(a);
  CHECK(moved.data() == data);
  const auto copy = moved;
  CHECK(copy.data() != data);
  const auto borrowed = fg::gpu::buffer<int>::borrow(const_cast<int*>(data), 3);
  CHECK(borrowed.data() == data);
  for (const auto* b : {&moved, &copy, &borrowed}) {
    std::vector<int> got(3);
    on.download(*b, std::span(got));
    CHECK(got == host);
  }
  const auto owned = borrowed;  // a copy is nobody else's
  CHECK(owned.data() != data);
  CHECK(fg::gpu::buffer<int>().size() == 0);
}

TEST_CASE("memory that is not there is named with its size") {
  const fg::gpu on;
  CHECK_THROWS_AS((void)on.allocate<double>(fg::offset{1} << 50), fg::memory_error);
  CHECK_THROWS_WITH((void)on.allocate<double>(fg::offset{1} << 50),
                    Contains("memory of ") && Contains(": expected 8589934592 MiB, got ") &&
                        Contains(" MiB free of "));
  const auto works = on.zeros<int>(3);  // as if nothing had happened
  on.synchronize();
}

TEST_CASE("a device that is not there is named") {
  CHECK_THROWS_WITH((void)fg::gpu::with_own_stream(99),
                    Contains("gpu: device: expected 0 to ") && Contains(", got 99"));
  CHECK_THROWS_AS((void)fg::gpu::with_own_stream(-1), fg::range_error);
}

TEST_CASE("failures say what was expected") {
  const std::string here = "NVIDIA X of compute capability 7.0";
  CHECK(fg::detail::describe(cudaErrorNoDevice, "cudaGetDeviceCount", here) ==
        "gpu: device: expected a CUDA device with its driver, got none (no CUDA-capable device is "
        "detected)");
  CHECK_THAT(
      fg::detail::describe(cudaErrorNoKernelImageForDevice, "kernel launch", here),
      Contains("gpu: kernels: expected code for NVIDIA X of compute capability 7.0, got none "
               "in this program") &&
          Contains("add its architecture to CMAKE_CUDA_ARCHITECTURES"));
  CHECK(fg::detail::describe(cudaErrorInvalidValue, "cudaMemcpyAsync", here) ==
        "gpu: cudaMemcpyAsync: expected success, got invalid argument");
  CHECK_THROWS_WITH(fg::detail::check(CUBLAS_STATUS_INVALID_VALUE, "cublasGemmEx"),
                    Contains("gpu: cublasGemmEx: expected success, got "));
  CHECK_THROWS_WITH(fg::detail::check(CUSPARSE_STATUS_INVALID_VALUE, "cusparseSpMM"),
                    Contains("gpu: cusparseSpMM: expected success, got "));
}
