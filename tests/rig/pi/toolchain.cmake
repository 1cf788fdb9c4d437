# SPDX-License-Identifier: Apache-2.0
# The presets "pi" and "pi-trixie": programs for a Raspberry Pi, built on any machine against the arm64 packages of
# Debian's suite MATSANG_SUITE.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

# CMake reads this file many times in one run.
if(NOT DEFINED ENV{MATSANG_SYSROOT})
	execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/sysroot.sh ${MATSANG_SUITE} OUTPUT_VARIABLE SYSROOT
		OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	set(ENV{MATSANG_SYSROOT} ${SYSROOT})
endif()
set(CMAKE_SYSROOT $ENV{MATSANG_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${CMAKE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)
