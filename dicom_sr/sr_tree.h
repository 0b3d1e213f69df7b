#pragma once

#include <functional>
#include <string>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmsr/dsrdoctr.h>

#include "dicom_sr/codes.h"
#include "dicom_sr/study_context.h"

namespace focalhip {

// The content tree of an SR document, written top down. Every function adds one item below the open one; the
// `children` add theirs below it. Each item is checked against the relationships its SOP class allows, each
// value against its VR; what cannot be encoded throws std::runtime_error.
class SrTree {
 public:
  using Children = std::function<void()>;
  using Relation = DSRTypes::E_RelationshipType;

  // Opens the root container, made from a template of the DICOM Content Mapping Resource.
  SrTree(DSRDocumentTree& tree, const Code& title, const char* template_id);

  void container(const Code& name, const Children& children, const char* template_id = nullptr);
  void code(Relation relation, const Code& name, const Code& value, const Children& children = {});
  void text(Relation relation, const Code& name, const std::string& value);
  void uid(Relation relation, const Code& name, const std::string& value);
  void date(Relation relation, const Code& name, const std::string& yyyymmdd);
  // `number` is a decimal string of at most 16 characters.
  void number(Relation relation,
              const Code& name,
              const std::string& number,
              const Code& unit,
              const Children& children = {});
  // A number that could not be computed: empty measured value and the reason (CID 42).
  void missing_number(Relation relation, const Code& name, const Code& reason, const Children& children = {});
  void image(Relation relation, const SourceInstance& instance);  // without a name, in the image library
  void image(Relation relation, const Code& name, const SourceInstance& instance, int frame = 0);
  // A point in an image; column and row as SCOORD counts: centre of the first pixel = 0.5\0.5.
  void point(const Code& name, float column, float row, const SourceInstance& selected_from);

 private:
  void add(Relation relation,
           DSRTypes::E_ValueType type,
           const Code* name,
           const std::function<OFCondition(DSRContentItem&)>& set_value,
           const Children& children);

  DSRDocumentTree& tree_;
};

// A coded entry DCMTK may use; throws when a part is empty or too long.
[[nodiscard]] DSRCodedEntryValue coded_entry(const Code& code);

}  // namespace focalhip
