#include <filigree/backend/cpu.hpp>
int other();
int other() { return filigree::cpu{.threads = 1}.threads; }
