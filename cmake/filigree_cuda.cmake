# SPDX-License-Identifier: Apache-2.0
# Defines filigree::cuda where the CUDA toolkit 13 or later is found. Link it to targets with .cu
# files. A function, so that what a project has found for itself stays as it is.
function(filigree_define_cuda)
  find_package(CUDAToolkit QUIET)
  if(NOT CUDAToolkit_FOUND OR TARGET filigree::cuda)
    return()
  endif()
  if(CUDAToolkit_VERSION VERSION_LESS 13 OR NOT TARGET CUDA::cublas OR NOT TARGET CUDA::cusparse)
    message(STATUS "filigree::cuda: left out: expected the CUDA toolkit 13 with cuBLAS and "
      "cuSPARSE, got ${CUDAToolkit_VERSION}")
    return()
  endif()
  add_library(filigree::cuda INTERFACE IMPORTED GLOBAL)
  target_compile_definitions(filigree::cuda INTERFACE EIGEN_NO_CUDA)
  target_compile_options(filigree::cuda INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
  target_link_libraries(filigree::cuda INTERFACE filigree::filigree CUDA::cublas CUDA::cusparse)
endfunction()
filigree_define_cuda()
