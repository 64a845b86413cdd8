# SPDX-License-Identifier: Apache-2.0
# Defines filigree::compiled: filigree with the templates that most programs use compiled once, as a
# static library in your project, with your flags. It is built where something links it.
if(NOT TARGET filigree::compiled)
  add_library(filigree_compiled STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/compiled.cpp
    ${CMAKE_CURRENT_LIST_DIR}/compiled_recommenders.cpp)
  add_library(filigree::compiled ALIAS filigree_compiled)
  target_link_libraries(filigree_compiled PUBLIC filigree::filigree)
  target_compile_definitions(filigree_compiled INTERFACE FILIGREE_COMPILED)
endif()
