#include "dicom_sr/sr_tree.h"

#include <stdexcept>

#include "dicom_sr/dataset.h"
#include "dicom_sr/plain_text.h"

namespace focalhip {

namespace {
OFString of(std::string_view text) { return {text.data(), text.size()}; }

std::string describe(const Code& code) {
  std::string text(code.value);
  return text.append(" ").append(code.scheme);
}
// Scanners exist that write components with leading zeros. DCMTK would refuse them; what was received must be
// referenced as it was received, so only the characters and the length are checked.
DSRImageReferenceValue reference_to(const SourceInstance& instance) {
  return {of(checked_uid(instance.sop_class_uid, "the class of an image")),
          of(checked_uid(instance.sop_instance_uid, "an image")),
          OFFalse};
}

}  // namespace

DSRCodedEntryValue coded_entry(const Code& code) {
  // DCMTK accepts meanings that are too long, PS3.5 does not (LO 64, SH 16).
  const bool fits = !code.value.empty() && code.value.size() <= 16 && !code.scheme.empty() &&
                    code.scheme.size() <= 16 && !code.meaning.empty() && code.meaning.size() <= 64;
  if (!fits) throw std::runtime_error("code " + describe(code) + " does not fit its attributes");
  DSRCodedEntryValue entry;
  require(entry.setCode(of(code.value), of(code.scheme), of(code.meaning)), "code " + describe(code));
  return entry;
}

SrTree::SrTree(DSRDocumentTree& tree, const Code& title, const char* template_id) : tree_(tree) {
  if (tree_.addContentItem(DSRTypes::RT_isRoot, DSRTypes::VT_Container) == 0) {
    throw std::runtime_error("SR tree: no root container");
  }
  DSRContentItem& root = tree_.getCurrentContentItem();
  require(root.setConceptName(coded_entry(title)), "SR title");
  require(root.setTemplateIdentification(template_id, "DCMR"), "SR root template");
}

void SrTree::add(Relation relation,
                 DSRTypes::E_ValueType type,
                 const Code* name,
                 const std::function<OFCondition(DSRContentItem&)>& set_value,
                 const Children& children) {
  const std::string what = name == nullptr ? "SR image" : "SR item " + describe(*name);
  if (tree_.addContentItem(relation, type, DSRTypes::AM_belowCurrent) == 0) {
    throw std::runtime_error(what + " is not allowed here");
  }
  DSRContentItem& item = tree_.getCurrentContentItem();
  if (name != nullptr) require(item.setConceptName(coded_entry(*name)), what);
  require(set_value(item), what);
  if (children) children();
  tree_.goUp();
}

void SrTree::container(const Code& name, const Children& children, const char* template_id) {
  const auto set_value = [&](DSRContentItem& item) {
    return template_id == nullptr ? OFCondition(EC_Normal)
                                  : item.setTemplateIdentification(template_id, "DCMR");
  };
  add(DSRTypes::RT_contains, DSRTypes::VT_Container, &name, set_value, children);
}

void SrTree::code(Relation relation, const Code& name, const Code& value, const Children& children) {
  const auto set_value = [&](DSRContentItem& item) { return item.setCodeValue(coded_entry(value)); };
  add(relation, DSRTypes::VT_Code, &name, set_value, children);
}

void SrTree::text(Relation relation, const Code& name, const std::string& value) {
  const auto set_value = [&](DSRContentItem& item) { return item.setStringValue(of(plain_ascii(value))); };
  add(relation, DSRTypes::VT_Text, &name, set_value, {});
}

void SrTree::uid(Relation relation, const Code& name, const std::string& value) {
  const auto set_value = [&](DSRContentItem& item) { return item.setStringValue(of(value)); };
  add(relation, DSRTypes::VT_UIDRef, &name, set_value, {});
}

void SrTree::date(Relation relation, const Code& name, const std::string& yyyymmdd) {
  const auto set_value = [&](DSRContentItem& item) { return item.setStringValue(of(yyyymmdd)); };
  add(relation, DSRTypes::VT_Date, &name, set_value, {});
}

void SrTree::number(Relation relation,
                    const Code& name,
                    const std::string& number,
                    const Code& unit,
                    const Children& children) {
  const auto set_value = [&](DSRContentItem& item) {
    // The constructor of DSRNumericMeasurementValue swallows what is too long; setValue says so.
    DSRNumericMeasurementValue value;
    const OFCondition set = value.setValue(of(number), coded_entry(unit));
    return set.bad() ? set : item.setNumericValue(value);
  };
  add(relation, DSRTypes::VT_Num, &name, set_value, children);
}

void SrTree::missing_number(Relation relation,
                            const Code& name,
                            const Code& reason,
                            const Children& children) {
  const auto set_value = [&](DSRContentItem& item) {
    DSRNumericMeasurementValue value;
    const OFCondition set = value.setValue(coded_entry(reason));
    return set.bad() ? set : item.setNumericValue(value);
  };
  add(relation, DSRTypes::VT_Num, &name, set_value, children);
}

void SrTree::image(Relation relation, const SourceInstance& instance) {
  DSRImageReferenceValue reference = reference_to(instance);
  if (instance.frame > 0) reference.getFrameList().addItem(instance.frame);
  const auto set_value = [&](DSRContentItem& item) { return item.setImageReference(reference, OFFalse); };
  add(relation, DSRTypes::VT_Image, nullptr, set_value, {});
}

void SrTree::image(Relation relation, const Code& name, const SourceInstance& instance, int frame) {
  DSRImageReferenceValue reference = reference_to(instance);
  if (frame > 0) reference.getFrameList().addItem(frame);
  const auto set_value = [&](DSRContentItem& item) { return item.setImageReference(reference, OFFalse); };
  add(relation, DSRTypes::VT_Image, &name, set_value, {});
}

void SrTree::point(const Code& name, float column, float row, const SourceInstance& selected_from) {
  DSRSpatialCoordinatesValue coordinates(DSRTypes::GT_Point);
  coordinates.getGraphicDataList().addItem(column, row);
  const auto set_value = [&](DSRContentItem& item) { return item.setSpatialCoordinates(coordinates); };
  add(DSRTypes::RT_contains, DSRTypes::VT_SCoord, &name, set_value, [&] {
    image(DSRTypes::RT_selectedFrom, selected_from);
  });
}

}  // namespace focalhip
