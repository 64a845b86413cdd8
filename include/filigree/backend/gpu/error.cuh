// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>

#include <cublas_v2.h>
#include <cuda_runtime.h>
#include <cusparse.h>
#include <string>

namespace filigree {

/// CUDA or one of its libraries failed: `gpu: cudaMemcpyAsync: expected success, got invalid
/// argument`.
struct device_error : error {
  using error::error;
};

namespace detail {

/// The message of `device_error` for a failure. `device` is the name of the device for messages.
[[nodiscard]] inline std::string describe(cudaError_t status, const std::string& what,
                                          const std::string& device) {
  const std::string got = cudaGetErrorString(status);
  switch (status) {
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorStubLibrary:
      return "gpu: device: expected a CUDA device with its driver, got none (" + got + ")";
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorUnsupportedPtxVersion:
      return "gpu: kernels: expected code for " + device + ", got none in this program (" + got +
             "); add its architecture to CMAKE_CUDA_ARCHITECTURES";
    default:
      return "gpu: " + what + ": expected success, got " + got;
  }
}

/// The name of the current device for messages: `NVIDIA H100 of compute capability 9.0`.
[[nodiscard]] inline std::string device_name() {
  int device = 0;
  cudaDeviceProp p{};
  if (cudaGetDevice(&device) != cudaSuccess || cudaGetDeviceProperties(&p, device) != cudaSuccess)
    return "this device";
  return std::string(p.name) + " of compute capability " + std::to_string(p.major) + '.' +
         std::to_string(p.minor);
}

/// Throws `device_error` unless the call succeeded.
inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();  // clear it, or the next check would report it again
  throw device_error(describe(status, what, device_name()));
}
inline void check(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw device_error(std::string("gpu: ") + what + ": expected success, got " +
                       cublasGetStatusString(status));
}
inline void check(cusparseStatus_t status, const char* what) {
  if (status != CUSPARSE_STATUS_SUCCESS)
    throw device_error(std::string("gpu: ") + what + ": expected success, got " +
                       cusparseGetErrorString(status));
}

}  // namespace detail

}  // namespace filigree
