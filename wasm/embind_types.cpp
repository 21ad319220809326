// SPDX-License-Identifier: MIT
// The types that cross the boundary of shell.cpp. Embind's own list, whose place this one takes, has every number,
// string and view there is, and brings the JavaScript for each of them.

#include <cstdint>
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

extern "C" {

EMSCRIPTEN_KEEPALIVE __attribute__((constructor)) void __embind_register_native_and_builtin_types() {
  using namespace emscripten::internal;
  _embind_register_void(TypeID<void>::get(), "void");
  _embind_register_integer(TypeID<int>::get(), "int", sizeof(int), INT32_MIN, INT32_MAX);
  _embind_register_float(TypeID<double>::get(), "double", sizeof(double));
  _embind_register_std_string(TypeID<std::string>::get(), "std::string");
  _embind_register_emval(TypeID<emscripten::val>::get(), "emscripten::val");
}

// The name of a type that is not in the list, for the text of Embind's error: there is none.
EMSCRIPTEN_KEEPALIVE const char *__getTypeName(emscripten::internal::TYPEID) {
  return nullptr;
}
}
