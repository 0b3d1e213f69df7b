#pragma once

#include <filesystem>
#include <stdexcept>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djencode.h>

namespace focalhip::test {

// Rewrites a DICOM file in a compressed transfer syntax, with DCMTK's encoders.
inline void compress_file(const std::filesystem::path& path, E_TransferSyntax syntax) {
  DJEncoderRegistration::registerCodecs();
  DJLSEncoderRegistration::registerCodecs();
  DcmRLEEncoderRegistration::registerCodecs();
  DcmFileFormat file;
  OFCondition condition = file.loadFile(path.c_str());
  if (condition.good()) condition = file.loadAllDataIntoMemory();
  if (condition.good()) condition = file.getDataset()->chooseRepresentation(syntax, nullptr);
  if (condition.good()) condition = file.saveFile(path.c_str(), syntax);
  DJEncoderRegistration::cleanup();
  DJLSEncoderRegistration::cleanup();
  DcmRLEEncoderRegistration::cleanup();
  if (condition.bad()) throw std::runtime_error(path.string() + ": " + condition.text());
}

}  // namespace focalhip::test
