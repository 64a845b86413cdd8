#include <filigree/tensor/matrix.hpp>
// expect: backend
filigree::matrix<float, int> wrong;
