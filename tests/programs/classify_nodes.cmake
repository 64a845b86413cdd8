# SPDX-License-Identifier: Apache-2.0
# Runs the program CLASSIFY_NODES on nodes of its own, in the folder WORK, and on the BUNDLED ones, and
# looks at all that it prints and writes.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/data)

set(PROGRAM ${CLASSIFY_NODES})
include(${CMAKE_CURRENT_LIST_DIR}/program.cmake)

# 60 nodes of three classes, a ring of 20 for each, and some edges between these. A node has one of its
# class's four words and one that says nothing. One more has no label. The first split has all three
# parts, the second one no validation nodes: 12 are in no part. The third one has nothing to measure on.
set(nodes "")
set(edges "")
set(features "")
foreach(id RANGE 59)
  math(EXPR class "${id} % 3")
  math(EXPR turn "${id} / 3")
  math(EXPR word "4 * ${class} + ${turn} % 4")
  math(EXPR noise "12 + ${id} % 4")
  if(turn LESS 8)
    set(parts "train train train")
  elseif(turn LESS 12)
    set(parts "val - val")
  else()
    set(parts "test test -")
  endif()
  string(APPEND nodes "${id} ${class} ${parts}\n")
  string(APPEND features "${id} ${word}:2 ${noise}\n")
  if(turn LESS 19)
    math(EXPR next "${id} + 3")
    string(APPEND edges "${id} ${next}\n")
  else()
    string(APPEND edges "${class} ${id}\n")
  endif()
  math(EXPR fifth "${turn} % 5")
  if(fifth EQUAL 0 AND class LESS 2)
    math(EXPR next "${id} + 1")
    string(APPEND edges "${id} ${next}\n")
  endif()
endforeach()
file(WRITE ${WORK}/data/nodes.txt "${nodes}60 -1 - - -\n")
file(WRITE ${WORK}/data/edges.txt "${edges}59 60\n")
file(WRITE ${WORK}/data/features.txt "${features}60\n")
file(WRITE ${WORK}/data/classes.txt "one\ntwo\nthree\n")
set(small --data data --hidden 8 --heads 2)

# A line for each seed and one for all; the same in JSON.
set(learn --seeds 2 --seed 5 --epochs 60 --fusion gated)
run(${small} ${learn} --threads 1 --json report.json)
foreach(line "seed 5: accuracy [0-9.]+ .validation [0-9.]+, epoch [0-9]+ of [0-9]+.\n"
    "seed 6: accuracy " "\naccuracy [0-9.]+ \\+- [0-9.e-]+\n$")
  if(NOT printed MATCHES "${line}")
    message(FATAL_ERROR "expected a line ${line}, got ${printed}")
  endif()
endforeach()
expect_classifier(report.json RUNS 2 LOW 0.8 DEVIATION 0.2 EPOCHS 60 PARAMETERS 200
  SETTINGS data split normalize model fusion per_feature gate hidden layers hops restart heads
    edge_dropout dropout input_dropout l2 l2_rest fanouts batch rate epochs patience seeds seed
  DATA nodes=61 edges=69 features=16 classes=3 train=24 validation=12 test=24
  METRICS accuracy macro_f1 validation)

# The same seed learns the same, with any number of threads.
run(${small} ${learn} --threads 2 --json again.json)
expect_alike(report.json again.json metrics best_epoch parameters)

# Every choice runs, and tells a class better than chance.
foreach(model gcn sage sage-max gat sgc)
  foreach(fusion none concat sum gated)
    run(${small} --model ${model} --fusion ${fusion} --epochs 25 --patience 0 --rate 0.05
      --threads 1 --json choice.json)
    value_in(choice.json metrics accuracy mean)
    expect_between("accuracy of ${model} with fusion ${fusion}" 0.6 1 ${value})
  endforeach()
endforeach()
foreach(choice "--fusion;gated;--per-feature;--gate;-1" "--model;sgc;--hops;4;--restart;0.1;--layers;1"
    "--model;gat;--edge-dropout;0.3" "--layers;3;--l2-rest;1e-3" "--normalize;sum" "--normalize;none"
    "--dropout;0.1;--input-dropout;0;--l2;0" "--split;1;--validation;12" "--batch;10"
    "--fanouts;2,3;--batch;10" "--fans=-1,2;--fusion;gated" "--fanouts;2,2;--model;sage;--batch;10")
  run(${small} ${choice} --epochs 25 --rate 0.05 --threads 1 --json choice.json)
  value_in(choice.json metrics accuracy mean)
  expect_between("accuracy with ${choice}" 0.6 1 ${value})
endforeach()
run(${small} --split 1 --validation 7 --epochs 1 --json choice.json)
value_in(choice.json data validation)
expect_equal("validation nodes that were held out" 7 ${value})

# Twelve sections of Debian: chance is 0.083.
run(--data ${BUNDLED} --hidden 16 --epochs 12 --rate 0.05 --threads 1 --json bundled.json)
value_in(bundled.json metrics accuracy mean)
expect_between("accuracy on the bundled data" 0.6 0.95 ${value})

# What makes no sense is said in a line.
refuses("classify_nodes: nowhere/nodes.txt: expected a readable file, got none" --data nowhere)
refuses("data/nodes.txt:1: parts: expected at least 4 for split 3, got 3" ${small} --split 3)
refuses("data/nodes.txt: test: expected at least 1 node, got none" ${small} --split 2)
refuses("hold_out: nodes: expected 0 to 12, as many as are labeled and in no part, got 13"
  ${small} --split 1 --validation 13)
refuses("attention_edges: heads: expected a divisor of 8 columns, got 3"
  --data data --hidden 8 --model gat --heads 3)
refuses("node_classifier: layers: expected at least 1, got 0" ${small} --layers 0)
refuses("node_classifier: fanouts: expected 2, one for each layer, got 1" ${small} --fanouts 10)
refuses("node_classifier: fanouts: expected none with layers or prompts that need the whole graph, got 2"
  ${small} --model sgc --fanouts 10,10)
refuses("fit: batch: expected at least 1, got 0" ${small} --batch 0)
refuses("node_classifier: dropout: expected 0 to below 1, got 1" ${small} --dropout 1)
refuses("several_hops: restart: expected 0 to below 1, got 1" ${small} --model sgc --restart 1)
refuses("/nowhere/report.json: cannot be written" ${small} --epochs 1 --json /nowhere/report.json)
refuses("--data is required" --epochs 1)
foreach(option --model --fusion --normalize)
  refuses("${NAME}: ${option}: expected one of " ${small} ${option} other)
  refuses(", got other" ${small} ${option} other)
endforeach()
foreach(option --epochs --seeds --validation)
  refuses("${NAME}: ${option}: expected 1 to 2000000000, got 0" ${small} ${option} 0)
endforeach()
function(spoiled message file text)  # spoiled(MESSAGE FILE TEXT): refuses data with that line added
  file(REMOVE_RECURSE ${WORK}/bad)
  file(COPY ${WORK}/data/ DESTINATION ${WORK}/bad)
  file(APPEND ${WORK}/bad/${file} "${text}\n")
  refuses("classify_nodes: bad/${message}" --data bad)
endfunction()
spoiled("nodes.txt:62: part: expected train, val, test or -, got \"dev\"" nodes.txt "61 1 dev - -")
spoiled("edges.txt:70: node: expected 0 to 60, got 61" edges.txt "3 61")
spoiled("features.txt:62: nodes: expected 61, as nodes.txt has, got more" features.txt "61 3")

expect_shared(data/features.txt --json "" --data data --hidden 8 --epochs 1)
