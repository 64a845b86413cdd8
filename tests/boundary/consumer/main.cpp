#include <filigree/backend/cpu.hpp>
int main() { return filigree::cpu{.threads = 1}.threads - 1; }
