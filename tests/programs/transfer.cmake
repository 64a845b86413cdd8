# SPDX-License-Identifier: Apache-2.0
# Runs the program TRANSFER on the BUNDLED nodes, in the folder WORK, and looks at all that it prints and
# writes.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(PROGRAM ${TRANSFER})
include(${CMAKE_CURRENT_LIST_DIR}/program.cmake)
set(small --data ${BUNDLED} --hidden 16 --epochs 20 --tune-epochs 20 --rate 0.05 --tune-rate 0.05
  --frozen-rate 0.05 --validation 200)

# Four ways to tune at two levels of corruption, with two seeds: a line for each, and a table.
run(${small} --seeds 2 --corruption 0,0.5 --threads 1 --save backbone.npz --json report.json)
foreach(line "seed 2, corruption 0.5, prompt: accuracy [0-9.]+ .validation [0-9.]+, epoch [0-9]+.\n"
    "corruption  tuned    accuracy" "0.00  head +0.[0-9]+ +0.[0-9]+ +17184 +0 +204 "
    "0.50  prompt +0.[0-9]+ +0.[0-9]+ +17184 +128 +332 " "0.00  all +0.[0-9]+ +0.[0-9]+ +17184 +0 +17388 ")
  if(NOT printed MATCHES "${line}")
    message(FATAL_ERROR "expected a line ${line}, got ${printed}")
  endif()
endforeach()
file(READ ${WORK}/report.json report)
foreach(setting data source cut swap split normalize model fusion gate hidden layers tune prompt tokens
    at corruption corrupt dropout input_dropout l2 l2_rest rate tune_rate frozen_rate epochs tune_epochs
    patience load seeds seed)
  string(JSON value GET "${report}" settings ${setting})
endforeach()
foreach(key "source;accuracy;mean" "source;edges" "target;edges" "seconds;total" peak_mb)
  string(JSON value GET "${report}" ${key})
endforeach()
string(JSON source GET "${report}" source nodes)
string(JSON target GET "${report}" target nodes)
math(EXPR nodes "${source} + ${target}")
expect_equal("nodes of both graphs" 5511 ${nodes})
string(JSON count LENGTH "${report}" results)
expect_equal("results" 8 ${count})
set(accuracies "")
foreach(k RANGE 7)
  foreach(key macro_f1 validation best_epoch step_seconds)
    string(JSON value GET "${report}" results ${k} ${key} mean)
  endforeach()
  string(JSON value GET "${report}" results ${k} accuracy mean)
  list(APPEND accuracies ${value})
  string(JSON count LENGTH "${report}" results ${k} accuracy each)
  expect_equal("runs of result ${k}" 2 ${count})
endforeach()
list(GET accuracies 0 head)
list(GET accuracies 1 prompt)
list(GET accuracies 4 spoiled)
expect_between("accuracy of the head" 0.6 0.9 ${head})  # chance is 0.083
expect_between("accuracy of the prompt" 0.55 0.9 ${prompt})
expect_between("accuracy on the spoiled graph" 0.2 ${head} ${spoiled})

# The same seed does the same, with any number of threads; a backbone that was kept goes on.
run(${small} --tune head --threads 2 --save one.npz --json first.json)
run(${small} --tune head --threads 1 --load one.npz --json second.json)
value_in(first.json results 0 accuracy)
set(one "${value}")
value_in(second.json results 0 accuracy)
expect_equal("accuracy with what was kept" "${one}" "${value}")

# Every choice runs.
foreach(choice "--model;sage" "--fusion;gated;--gate;-1" "--model;sage;--fusion;gated" "--prompt;gpf;--at;2"
    "--cut;classes" "--cut;classes;--swap" "--swap;--corrupt;drop;--corruption;0.3" "--layers;2;--at;1;--tokens;2"
    "--source;${BUNDLED};--normalize;sum" "--split;1;--dropout;0.1;--input-dropout;0;--l2;0;--l2-rest;1e-4")
  run(${small} --tune prompt,all ${choice} --threads 1 --json choice.json)
  value_in(choice.json results 0 accuracy mean)
  expect_between("accuracy of the prompt with ${choice}" 0.3 1 ${value})
endforeach()

# What makes no sense is said in a line.
refuses("transfer: nowhere/nodes.txt: expected a readable file, got none" --data nowhere)
refuses("corrupt: share: expected 0 to 1, got 1.5" ${small} --corruption 1.5)
refuses("gpf_plus: tokens: expected at least 1, got 0" ${small} --tune prompt --tokens 0)
refuses("nowhere.npz" ${small} --load nowhere.npz)
refuses("part/layers.0.weight" --data ${BUNDLED} --hidden 8 --load one.npz)
refuses("node_classifier: prompt: layer: expected 0 to 2, got 3" ${small} --tune prompt --at 3)
refuses("--data is required" --epochs 1)
foreach(option --model --fusion --normalize --tune --prompt --cut --corrupt)
  refuses("${NAME}: ${option}: expected one of " ${small} ${option} other)
  refuses(", got other" ${small} ${option} other)
endforeach()
foreach(option --epochs --tune-epochs --seeds --validation)
  refuses("${NAME}: ${option}: expected 1 to 2000000000, got 0" ${small} ${option} 0)
endforeach()

file(COPY ${BUNDLED}/ DESTINATION ${WORK}/copied)
set(quick --hidden 4 --epochs 1 --tune-epochs 1 --validation 200 --tune head)
expect_shared(copied/nodes.txt --save --json --data copied ${quick})
run(--data copied ${quick} --save backbone)
refuses("--json: expected a file of its own, got backbone, which --load reads"
  --data copied ${quick} --load backbone --json backbone)
run(--data copied ${quick} --load backbone)
