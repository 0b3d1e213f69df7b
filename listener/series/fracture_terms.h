#pragma once

#include <array>
#include <string_view>

// What fracture_label looks for, in lower case: `_parts` stand anywhere in a word, `_words` are whole words.

namespace focalhip::fracture_terms {

inline constexpr std::array fracture_parts{
    std::string_view("fractur"),
    std::string_view("fraktur"),
    std::string_view("halsbruch"),
    std::string_view("guzhe"),
    std::string_view("\xE9\xAA\xA8\xE6\x8A\x98"),  // UTF-8: bone, break
    std::string_view("\xB9\xC7\xD5\xDB")};         // GB 18030: the same
inline constexpr std::array fracture_words{
    std::string_view("fx"), std::string_view("nof"), std::string_view("#nof")};

inline constexpr std::array hip_parts{std::string_view("hip"),
                                      std::string_view("femur"),
                                      std::string_view("femor"),
                                      std::string_view("neck"),
                                      std::string_view("nof"),
                                      std::string_view("schenkel"),
                                      std::string_view("trochant"),
                                      std::string_view("h\xC3\xBC"),
                                      std::string_view("h\xFC"),
                                      std::string_view("huef"),
                                      std::string_view("hanche"),
                                      std::string_view("kuan"),
                                      std::string_view("gugu"),
                                      std::string_view("\xE8\x82\xA1"),   // UTF-8: thigh
                                      std::string_view("\xE9\xAB\x8B")};  // UTF-8: hip
inline constexpr std::array hip_words{std::string_view("col"), std::string_view("hals")};

inline constexpr std::array other_bone_parts{std::string_view("wrist"),
                                             std::string_view("radius"),
                                             std::string_view("vert"),
                                             std::string_view("spin"),
                                             std::string_view("lumb"),
                                             std::string_view("thora"),
                                             std::string_view("wirbel"),
                                             std::string_view("lws"),
                                             std::string_view("bws"),
                                             std::string_view("lwk"),
                                             std::string_view("bwk"),
                                             std::string_view("ankle"),
                                             std::string_view("ribs"),
                                             std::string_view("rippe"),
                                             std::string_view("humer"),
                                             std::string_view("shoulder"),
                                             std::string_view("pelvic"),
                                             std::string_view("acetab"),
                                             std::string_view("sacr"),
                                             std::string_view("beckenfr"),
                                             std::string_view("tibia"),
                                             std::string_view("knee"),
                                             std::string_view("zhui"),
                                             std::string_view("\xE6\xA4\x8E"),
                                             std::string_view("\xE8\x82\x8B"),
                                             std::string_view("\xE8\x85\x95"),  // UTF-8: vertebra, rib, wrist
                                             std::string_view("\xD1\xFC\xD7\xB5"),
                                             std::string_view("\xD0\xD8\xD7\xB5"),
                                             std::string_view("\xD7\xB5\xCC\xE5"),
                                             std::string_view("\xBE\xB1\xD7\xB5")};  // GB 18030: vertebra
inline constexpr std::array other_bone_words{std::string_view("rib")};

// Before a mention: there is none, or it is not known.
inline constexpr std::array negation_parts{std::string_view("kein"),
                                           std::string_view("exclu"),
                                           std::string_view("ausschlu"),
                                           std::string_view("ausgeschl"),
                                           std::string_view("prevent"),
                                           std::string_view("risk"),
                                           std::string_view("risiko"),
                                           std::string_view("risque")};
inline constexpr std::array negation_words{std::string_view("no"),
                                           std::string_view("not"),
                                           std::string_view("non"),
                                           std::string_view("without"),
                                           std::string_view("ohne"),
                                           std::string_view("sans"),
                                           std::string_view("pas"),
                                           std::string_view("ruleout"),
                                           std::string_view("r/o"),
                                           std::string_view("negative")};
// After it: the same, or the words are the name of something else.
inline constexpr std::array dismissal_parts{std::string_view("risk"),
                                            std::string_view("risiko"),
                                            std::string_view("prevent"),
                                            std::string_view("exclu"),
                                            std::string_view("ausgeschl"),
                                            std::string_view("ruledout"),
                                            std::string_view("clinic"),
                                            std::string_view("liaison")};
// In the word of the mention itself. UTF-8 and GB 18030: risk; without, no.
inline constexpr std::array compound_dismissals{std::string_view("risiko"),
                                                std::string_view("\xE9\xA3\x8E\xE9\x99\xA9"),
                                                std::string_view("\xE6\x97\xA0"),
                                                std::string_view("\xB7\xE7\xCF\xD5"),
                                                std::string_view("\xCE\xDE\xB9\xC7\xD5\xDB"),
                                                std::string_view("\xCE\xDE\xC3\xF7\xCF\xD4")};
// Words that may stand between.
inline constexpr std::array fillers{
    std::string_view("of"),    std::string_view("the"),      std::string_view("a"),
    std::string_view("an"),    std::string_view("any"),      std::string_view("for"),
    std::string_view("de"),    std::string_view("du"),       std::string_view("la"),
    std::string_view("der"),   std::string_view("des"),      std::string_view("die"),
    std::string_view("einer"), std::string_view("evidence"), std::string_view("sign"),
    std::string_view("signs"), std::string_view("acute"),    std::string_view("displaced"),
    std::string_view("new"),   std::string_view("frische"),  std::string_view("is"),
    std::string_view("was")};

inline constexpr std::array right_words{std::string_view("right"),
                                        std::string_view("rt"),
                                        std::string_view("r"),
                                        std::string_view("rechts"),
                                        std::string_view("rechte"),
                                        std::string_view("rechter"),
                                        std::string_view("re"),
                                        std::string_view("droite"),
                                        std::string_view("droit"),
                                        std::string_view("youce"),
                                        std::string_view("youkuan"),
                                        std::string_view("yougu")};
inline constexpr std::array left_words{std::string_view("left"),
                                       std::string_view("lt"),
                                       std::string_view("l"),
                                       std::string_view("links"),
                                       std::string_view("linke"),
                                       std::string_view("linker"),
                                       std::string_view("li"),
                                       std::string_view("gauche"),
                                       std::string_view("zuo"),
                                       std::string_view("zuoce"),
                                       std::string_view("zuokuan"),
                                       std::string_view("zuogu")};
inline constexpr std::array both_words{std::string_view("bilateral"),
                                       std::string_view("both"),
                                       std::string_view("beidseits"),
                                       std::string_view("beidseitig"),
                                       std::string_view("bds"),
                                       std::string_view("shuangce")};
inline constexpr std::array right_parts{std::string_view("\xE5\x8F\xB3"), std::string_view("\xD3\xD2")};
inline constexpr std::array left_parts{std::string_view("\xE5\xB7\xA6"), std::string_view("\xD7\xF3")};

}  // namespace focalhip::fracture_terms
