#include <filigree/backend/cpu.hpp>
int other();
int main() { return other() - 1; }
