# SPDX-License-Identifier: Apache-2.0
include(CMakeFindDependencyMacro)
find_dependency(Eigen3 3.3)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/filigreeTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/filigree_cuda.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/filigree_compiled.cmake)

find_package(ZLIB QUIET)
if(ZLIB_FOUND AND NOT TARGET filigree::npz)
  add_library(filigree::npz INTERFACE IMPORTED)
  target_link_libraries(filigree::npz INTERFACE filigree::filigree ZLIB::ZLIB)
endif()
