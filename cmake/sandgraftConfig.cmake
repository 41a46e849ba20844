# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the target sandgraft::sandgraft from the pkg-config file that is installed with this one.
include(CMakeFindDependencyMacro)
find_dependency(PkgConfig)

set(sandgraft_path "$ENV{PKG_CONFIG_PATH}")
set(ENV{PKG_CONFIG_PATH} "${CMAKE_CURRENT_LIST_DIR}/../../pkgconfig:${sandgraft_path}")
pkg_check_modules(SANDGRAFT QUIET IMPORTED_TARGET sandgraft)
set(ENV{PKG_CONFIG_PATH} "${sandgraft_path}")
unset(sandgraft_path)

if(NOT SANDGRAFT_FOUND)
  set(sandgraft_FOUND FALSE)
  set(sandgraft_NOT_FOUND_MESSAGE "pkg-config does not accept sandgraft: see `pkg-config --print-errors --exists sandgraft`")
elseif(NOT TARGET sandgraft::sandgraft)
  add_library(sandgraft::sandgraft INTERFACE IMPORTED)
  target_link_libraries(sandgraft::sandgraft INTERFACE PkgConfig::SANDGRAFT)
  target_compile_features(sandgraft::sandgraft INTERFACE cxx_std_20)
endif()
