# One interface target carries the warnings and the code generation flags of every target of ours.
add_library(focalhip_compiler INTERFACE)
target_compile_options(focalhip_compiler INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
  # GCC 12 reports -Wrestrict inside std::string itself (GCC bug 105651): shown, never an error.
  $<$<BOOL:${FOCALHIP_WERROR}>:-Werror -Wno-error=restrict>
  # Same input, same numbers: no fused operations behind our back, no reassociation.
  -ffp-contract=off)
target_include_directories(focalhip_compiler INTERFACE ${PROJECT_SOURCE_DIR})
if(FOCALHIP_SANITIZE)
  target_compile_options(focalhip_compiler INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(focalhip_compiler INTERFACE -fsanitize=address,undefined)
endif()

# focalhip_sources(VARIABLE FOLDER): every .cpp below FOLDER, noticed without a manual re-run of cmake.
function(focalhip_sources variable folder)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(${variable} ${found} PARENT_SCOPE)
endfunction()
