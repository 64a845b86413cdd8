// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/fit.hpp>
#include <filigree/train/progress_bar.hpp>
#include <filigree/train/rank.hpp>

#include <functional>
#include <span>
#include <string>
#include <vector>

// The templates, for float on the CPU, that the CMake target filigree::compiled instantiates, so
// that programs that link it need not compile them again. The target is opt-in; without it, each
// program compiles what it uses. In programs that link the target, filigree.hpp includes this file,
// through compiled_recommenders.hpp; the target's own source defines FILIGREE_EXTERN as empty.
#ifndef FILIGREE_EXTERN
#define FILIGREE_EXTERN extern
#endif

namespace filigree {

FILIGREE_EXTERN template class matrix<float, cpu>;
FILIGREE_EXTERN template class graph<cpu>;
FILIGREE_EXTERN template class gated_graph<float, cpu>;
FILIGREE_EXTERN template class embedding_rows<float, cpu>;
FILIGREE_EXTERN template struct parameter<float, cpu>;
FILIGREE_EXTERN template class tape<float, cpu>;
FILIGREE_EXTERN template class eager<float, cpu>;
FILIGREE_EXTERN template void matmul_into(const cpu&, const kernels::matmul_cell<float>&);

FILIGREE_EXTERN template fit_result detail::train(detail::training_of<float, cpu>&, const adam&,
                                                  const training&);
FILIGREE_EXTERN template fit_result detail::train(detail::training_of<float, cpu>&, const adamw&,
                                                  const training&);
FILIGREE_EXTERN template fit_result detail::train(detail::training_of<float, cpu>&, const sgd&,
                                                  const training&);
FILIGREE_EXTERN template snapshot::snapshot(const member_list<float, cpu>&);
FILIGREE_EXTERN template class pruner<cpu>;
FILIGREE_EXTERN template class detail::pruned_members<float, cpu>;

FILIGREE_EXTERN template class lightgcn<cpu>;
FILIGREE_EXTERN template tape<float, cpu>::var lightgcn<cpu>::loss(
    tape<float, cpu>&, const lightgcn<cpu>::batch&) const;
FILIGREE_EXTERN template fit_result fit(lightgcn<cpu>&, const adam&, const training&,
                                        progress_bar&&);
FILIGREE_EXTERN template void save(const lightgcn<cpu>&, const std::string&);
FILIGREE_EXTERN template lightgcn<cpu> load(const archive_reader&, const cpu&);
FILIGREE_EXTERN template void rank(
    const lightgcn<cpu>&, std::span<const index>, index,
    const std::function<void(index, std::span<const index>, std::span<const float>)>&);
FILIGREE_EXTERN template std::vector<scored_item> recommend(const lightgcn<cpu>&, user, index);
FILIGREE_EXTERN template report evaluate(const lightgcn<cpu>&, const interactions&,
                                         const recall_at&, const ndcg_at&, const coverage_at&);

}  // namespace filigree
