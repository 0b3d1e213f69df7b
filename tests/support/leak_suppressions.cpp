// Read by LeakSanitizer when a test program is built with it; without it, a function nobody calls.
// fontconfig keeps 288 bytes of its configuration for the life of the process, however many pages are drawn.
extern "C" const char*
__lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): the name is LSan's
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig.so\n"; }
