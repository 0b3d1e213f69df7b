# System libraries only (config/packages.txt names their Debian packages); nothing is downloaded.
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(PkgConfig REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Poco 1.11 REQUIRED COMPONENTS Foundation Util Net Data DataSQLite DataPostgreSQL)
# Debian's target names PostgreSQL::client, which no file of Debian defines; we call libpq only through Poco.
set_target_properties(Poco::DataPostgreSQL PROPERTIES INTERFACE_LINK_LIBRARIES Poco::Data)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(DCMTK REQUIRED)
find_package(ITK 5.2 REQUIRED COMPONENTS
  ITKCommon ITKSmoothing ITKImageFilterBase ITKConnectedComponents ITKDistanceMap ITKThresholding
  ITKBinaryMathematicalMorphology ITKLabelMap ITKImageGrid ITKImageFunction)
pkg_check_modules(cairo REQUIRED IMPORTED_TARGET cairo pangocairo)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

# ITK behind one interface target with system includes; only *_itk.cpp files of analysis may use it.
add_library(focalhip_itk INTERFACE)
target_include_directories(focalhip_itk SYSTEM INTERFACE ${ITK_INCLUDE_DIRS})
target_link_libraries(focalhip_itk INTERFACE ${ITK_LIBRARIES})
