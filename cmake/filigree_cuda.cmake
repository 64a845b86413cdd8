# SPDX-License-Identifier: Apache-2.0
# Defines filigree::cuda where the CUDA toolkit is found. Link it to targets with .cu files.
find_package(CUDAToolkit 13 QUIET)
if(CUDAToolkit_FOUND AND NOT TARGET filigree::cuda)
  add_library(filigree::cuda INTERFACE IMPORTED GLOBAL)
  target_compile_definitions(filigree::cuda INTERFACE EIGEN_NO_CUDA)
  target_compile_options(filigree::cuda INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;-Xcompiler=${OpenMP_CXX_FLAGS}>)
  target_link_libraries(filigree::cuda INTERFACE filigree::filigree CUDA::cublas CUDA::cusparse)
endif()
