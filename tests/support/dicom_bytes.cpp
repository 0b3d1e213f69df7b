#include "tests/support/dicom_bytes.h"

#include <stdexcept>

#include <dcmtk/dcmdata/dcistrmb.h>

namespace focalhip::test {

namespace {

std::string string_in(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  item.findAndGetOFStringArray(tag, value);
  return {value.c_str(), value.length()};
}

template <typename Visit>
void for_each_item(DcmItem& item, const Visit& visit) {
  visit(item);
  for (unsigned long i = 0; i < item.card(); ++i) {
    DcmElement* element = item.getElement(i);
    if (element->getVR() != EVR_SQ) continue;
    DcmSequenceOfItems* sequence = OFstatic_cast(DcmSequenceOfItems*, element);
    for (unsigned long n = 0; n < sequence->card(); ++n) for_each_item(*sequence->getItem(n), visit);
  }
}

}  // namespace

void parse(const std::string& bytes, DcmFileFormat& file) {
  DcmInputBufferStream stream;
  stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  stream.setEos();
  file.transferInit();
  const OFCondition condition = file.read(stream);
  file.transferEnd();
  if (condition.bad()) throw std::runtime_error(condition.text());
}

std::string value_of(DcmFileFormat& file, const DcmTagKey& tag) { return string_in(*file.getDataset(), tag); }

bool has(DcmFileFormat& file, const DcmTagKey& tag) { return file.getDataset()->tagExists(tag); }

std::vector<std::string> codes_in(DcmItem& root) {
  std::vector<std::string> codes;
  for_each_item(root, [&](DcmItem& item) {
    if (!item.tagExists(DCM_CodeValue)) return;
    codes.push_back(string_in(item, DCM_CodingSchemeDesignator) + "|" + string_in(item, DCM_CodeValue) + "|" +
                    string_in(item, DCM_CodeMeaning));
  });
  return codes;
}

std::vector<std::string> instances_in(DcmItem& root) {
  std::vector<std::string> instances;
  for_each_item(root, [&](DcmItem& item) {
    if (item.tagExists(DCM_ReferencedSOPInstanceUID)) {
      instances.push_back(string_in(item, DCM_ReferencedSOPInstanceUID));
    }
  });
  return instances;
}

}  // namespace focalhip::test
