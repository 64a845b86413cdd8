# SPDX-License-Identifier: Apache-2.0
# Cross-compiles for 64-bit ARM and runs what was built under QEMU (Debian: g++-aarch64-linux-gnu,
# qemu-user-static).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_DISABLE_FIND_PACKAGE_ZLIB ON)  # this machine's is for another processor
