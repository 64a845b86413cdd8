# SPDX-License-Identifier: Apache-2.0
# For tests that run the program PROGRAM in the folder WORK and look at what it says.
get_filename_component(NAME ${PROGRAM} NAME)

function(run)  # run(ARGUMENT...): must succeed; `printed` is what it prints
  execute_process(COMMAND ${PROGRAM} ${ARGN} WORKING_DIRECTORY ${WORK}
    RESULT_VARIABLE status OUTPUT_VARIABLE printed ERROR_VARIABLE complaint)
  if(status OR complaint)
    message(FATAL_ERROR "${NAME} ${ARGN}: expected success, got ${status}: ${complaint}")
  endif()
  set(printed "${printed}" PARENT_SCOPE)
endfunction()
function(refuses message)  # refuses(MESSAGE ARGUMENT...): must fail, and say so
  execute_process(COMMAND ${PROGRAM} ${ARGN} WORKING_DIRECTORY ${WORK}
    RESULT_VARIABLE status OUTPUT_VARIABLE printed ERROR_VARIABLE complaint)
  string(FIND "${complaint}${printed}" "${message}" at)
  if(NOT status OR at LESS 0)
    message(FATAL_ERROR "${NAME} ${ARGN}: expected \"${message}\", got ${status}: ${complaint}")
  endif()
endfunction()
function(expect_equal what expected got)
  if(NOT expected STREQUAL got)
    message(FATAL_ERROR "${what}: expected ${expected}, got ${got}")
  endif()
endfunction()
function(expect_between what low high got)
  if(NOT (got GREATER_EQUAL low AND got LESS_EQUAL high))
    message(FATAL_ERROR "${what}: expected ${low} to ${high}, got ${got}")
  endif()
endfunction()
