// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu.hpp>
#include <filigree/compiled.hpp>
#include <filigree/serve/any_recommender.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/train/rank.hpp>
#include <filigree/train/tune.hpp>

#include <functional>
#include <span>
#include <string>
#include <vector>

// The rest of filigree::compiled: the recommenders that any_recommender holds. They have a file of
// their own so that the two halves of the target can be compiled in parallel.
#ifndef FILIGREE_EXTERN_RECOMMENDERS
#define FILIGREE_EXTERN_RECOMMENDERS extern
#endif

namespace filigree {

FILIGREE_EXTERN_RECOMMENDERS template class popularity<cpu>;
FILIGREE_EXTERN_RECOMMENDERS template class item_knn<cpu>;
FILIGREE_EXTERN_RECOMMENDERS template class ease<cpu>;
FILIGREE_EXTERN_RECOMMENDERS template class matrix_factorization<cpu>;
FILIGREE_EXTERN_RECOMMENDERS template class lightgcn<cpu, any_edges>;
FILIGREE_EXTERN_RECOMMENDERS template tape<float, cpu>::var lightgcn<cpu, any_edges>::loss(
    tape<float, cpu>&, const lightgcn<cpu, any_edges>::batch&) const;

FILIGREE_EXTERN_RECOMMENDERS template tuned<ease_options> tune<ease<cpu>>(
    const interactions&, const interactions&, const ndcg_at&, const ease_options&, const cpu&);
FILIGREE_EXTERN_RECOMMENDERS template tuned<item_knn_options> tune<item_knn<cpu>>(
    const interactions&, const interactions&, const ndcg_at&, const item_knn_options&, const cpu&);

FILIGREE_EXTERN_RECOMMENDERS template void save(const popularity<cpu>&, const std::string&);
FILIGREE_EXTERN_RECOMMENDERS template void save(const item_knn<cpu>&, const std::string&);
FILIGREE_EXTERN_RECOMMENDERS template void save(const ease<cpu>&, const std::string&);
FILIGREE_EXTERN_RECOMMENDERS template void save(const matrix_factorization<cpu>&,
                                                const std::string&);
FILIGREE_EXTERN_RECOMMENDERS template void save(const lightgcn<cpu, any_edges>&,
                                                const std::string&);
FILIGREE_EXTERN_RECOMMENDERS template any_recommender<cpu> load_any(const archive_reader&,
                                                                    const cpu&);

FILIGREE_EXTERN_RECOMMENDERS template void rank(
    const matrix_factorization<cpu>&, std::span<const index>, index,
    const std::function<void(index, std::span<const index>, std::span<const float>)>&);
FILIGREE_EXTERN_RECOMMENDERS template void rank(
    const lightgcn<cpu, any_edges>&, std::span<const index>, index,
    const std::function<void(index, std::span<const index>, std::span<const float>)>&);
FILIGREE_EXTERN_RECOMMENDERS template void rank(
    const any_recommender<cpu>&, std::span<const index>, index,
    const std::function<void(index, std::span<const index>, std::span<const float>)>&);
FILIGREE_EXTERN_RECOMMENDERS template std::vector<scored_item> recommend(
    const any_recommender<cpu>&, user, index);

}  // namespace filigree
