#include "testdata/simulator/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace focalhip::simulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ParsedRequest parsed(const std::vector<const char*>& arguments) { return parse_command_line(arguments); }

TEST(CommandLine, TakesWhatItIsGiven) {
  const ParsedRequest p = parsed({"--out",
                                  "x",
                                  "--seed=7",
                                  "--sex",
                                  "M",
                                  "--slices",
                                  "40",
                                  "--kvp",
                                  "100",
                                  "--no-phantom",
                                  "--localizer",
                                  "--second-reconstruction=sharp",
                                  "--transfer-syntax",
                                  "implicit"});
  EXPECT_THAT(p.problems, IsEmpty());
  EXPECT_EQ(p.request.out_folder, "x");
  EXPECT_EQ(p.request.seed, 7U);
  EXPECT_EQ(p.request.sex, Sex::male);
  EXPECT_EQ(p.request.protocol.slices, 40);
  EXPECT_EQ(p.request.protocol.tube_kvp, 100.0);
  EXPECT_FALSE(p.request.protocol.phantom);
  EXPECT_TRUE(p.request.localizer);
  EXPECT_TRUE(p.request.second_sharp);
  EXPECT_FALSE(p.request.second_thick);
  EXPECT_EQ(p.request.transfer_syntax, TransferSyntax::implicit_little_endian);
}

TEST(CommandLine, PhantomOptionsChangeTheDrawnPhantom) {
  const ParsedRequest p = parsed({"--out",
                                  "x",
                                  "--seed=7",
                                  "--phantom=qrm-bdc-6",
                                  "--phantom-place=above",
                                  "--second-phantom=left",
                                  "--absent-rods=A,C",
                                  "--rod-bubble=D,2.5,30,-10",
                                  "--phantom-reversed=yes",
                                  "--rod-density-error=2",
                                  "--phantom-to=15",
                                  "--rods-only"});
  EXPECT_THAT(p.problems, IsEmpty());
  PhantomParameters phantom;
  for (const auto& change : p.request.phantom_changes) change(phantom);
  EXPECT_EQ(phantom.type, PhantomType::qrm_bdc_6);
  EXPECT_EQ(phantom.place, PhantomPlace::above);
  EXPECT_EQ(phantom.second_place, PhantomPlace::beside_left);
  EXPECT_THAT(phantom.absent_rods, ElementsAre("A", "C"));
  ASSERT_TRUE(phantom.bubble);
  EXPECT_EQ(phantom.bubble->rod, "D");
  EXPECT_EQ(phantom.bubble->length_mm, 30.0);
  EXPECT_EQ(phantom.bubble->level_mm, -10.0);
  EXPECT_TRUE(phantom.reversed);
  EXPECT_DOUBLE_EQ(phantom.density_error, 0.02);
  EXPECT_EQ(phantom.high_end_mm, 15.0);
  EXPECT_TRUE(p.request.rods_only);
  for (const char* wrong : {"--phantom=mindways",
                            "--rod-bubble=D,99",
                            "--rod-bubble=",
                            "--absent-rods=A;B",
                            "--phantom-place=below",
                            "--phantom-reversed"}) {
    EXPECT_EQ(parsed({"--out", "x", "--seed", "1", wrong}).problems.size(), 1U) << wrong;
  }
}

TEST(CommandLine, KernelsBringBlurAndNoiseUnlessGiven) {
  const ParsedRequest sharp = parsed({"--out", "x", "--seed=7", "--kernel=sharp"});
  EXPECT_THAT(sharp.problems, IsEmpty());
  EXPECT_DOUBLE_EQ(sharp.request.protocol.psf_fwhm_mm, 0.8);
  EXPECT_DOUBLE_EQ(sharp.request.protocol.noise_sd_hu, 27.0 * 1.9);
  EXPECT_EQ(sharp.request.kernel.convolution_kernel, "FC30");
  const ParsedRequest given = parsed({"--out", "x", "--seed=7", "--noise=40", "--psf=1.1", "--kernel=soft"});
  EXPECT_DOUBLE_EQ(given.request.protocol.psf_fwhm_mm, 1.1);
  EXPECT_DOUBLE_EQ(given.request.protocol.noise_sd_hu, 40.0);
  EXPECT_EQ(parsed({"--out", "x", "--seed=7", "--kernel=FC13"}).problems.size(), 1U);
}

TEST(CommandLine, PhysicsOptionsAreTaken) {
  const ParsedRequest p = parsed({"--out",
                                  "x",
                                  "--seed=7",
                                  "--energy-error=3",
                                  "--kappa-error=-5",
                                  "--psf-growth=20",
                                  "--motion=0.8,-30",
                                  "--implant=both",
                                  "--beam-hardening=1"});
  EXPECT_THAT(p.problems, IsEmpty());
  EXPECT_EQ(p.request.protocol.energy_error_kev, 3.0);
  EXPECT_DOUBLE_EQ(p.request.protocol.kappa_error, -0.05);
  EXPECT_DOUBLE_EQ(p.request.protocol.psf_growth_per_100_mm, 0.2);
  EXPECT_EQ(p.request.protocol.motion.shift_mm, 0.8);
  EXPECT_EQ(p.request.protocol.motion.level_mm, -30.0);
  EXPECT_EQ(p.request.protocol.implants, Implants::both);
  for (const char* wrong : {"--motion=1,2,3", "--motion=x", "--implant=none", "--energy-error=30"})
    EXPECT_EQ(parsed({"--out", "x", "--seed", "1", wrong}).problems.size(), 1U) << wrong;
}

TEST(CommandLine, TrapsAreTakenAndCombined) {
  const ParsedRequest p = parsed({"--out",
                                  "x",
                                  "--seed=7",
                                  "--position=FFP",
                                  "--object=enhanced",
                                  "--mirror=columns",
                                  "--missing-slices=3,4",
                                  "--duplicate-slice=7,new-uid",
                                  "--second-acquisition=-20,15",
                                  "--changing-rescale",
                                  "--no-padding-tag",
                                  "--padding-limit=-1500",
                                  "--private-tags",
                                  "--content=iodine-map",
                                  "--gantry-tilt=5",
                                  "--transfer-syntax=jpeg-ls",
                                  "--dose-objects",
                                  "--coronal",
                                  "--second-reconstruction=thick,sharp"});
  EXPECT_THAT(p.problems, IsEmpty());
  const SeriesTraps& traps = p.request.traps;
  EXPECT_EQ(p.request.position, PatientPosition::ffp);
  EXPECT_TRUE(p.request.protocol.prone);
  EXPECT_EQ(p.request.object_kind, ObjectKind::enhanced_ct);
  EXPECT_EQ(traps.mirror, Mirror::columns);
  EXPECT_THAT(traps.missing_slices, ElementsAre(3, 4));
  EXPECT_EQ(traps.duplicate_slice, 7);
  EXPECT_TRUE(traps.duplicate_has_new_uid);
  ASSERT_TRUE(p.request.second_acquisition);
  EXPECT_EQ(p.request.second_acquisition->to_mm, 15.0);
  EXPECT_TRUE(traps.changing_rescale);
  EXPECT_FALSE(traps.padding_tag);
  EXPECT_EQ(traps.padding_limit_hu, -1500);
  EXPECT_EQ(traps.content, ImageContent::iodine_map);
  EXPECT_EQ(p.request.protocol.gantry_tilt_deg, 5.0);
  EXPECT_EQ(p.request.transfer_syntax, TransferSyntax::jpeg_ls);
  EXPECT_TRUE(p.request.second_thick && p.request.second_sharp && p.request.coronal &&
              p.request.dose_objects);
  for (const char* wrong : {"--position=HFDL",
                            "--duplicate-slice=1,2",
                            "--second-acquisition=5,-5",
                            "--missing-slices=",
                            "--second-reconstruction=thin",
                            "--content=hu"})
    EXPECT_EQ(parsed({"--out", "x", "--seed", "1", wrong}).problems.size(), 1U) << wrong;
}

TEST(CommandLine, ReportsEveryProblemAtOnce) {
  const ParsedRequest p =
      parsed({"--sex", "X", "--noise", "-1", "--kvp", "abc", "--nonsense", "--localizer=1", "--seed", "1.5"});
  EXPECT_THAT(p.problems,
              ElementsAre(HasSubstr("--sex: must be F or M"),
                          HasSubstr("--noise: must be a number from 0.0 to 200.0"),
                          HasSubstr("--kvp"),
                          HasSubstr("--nonsense: unknown option"),
                          HasSubstr("--localizer: takes no value"),
                          HasSubstr("--seed: must be a whole number"),
                          HasSubstr("--out: missing"),
                          HasSubstr("--seed: missing")));
}

TEST(CommandLine, RefusesValuesThatAreNotNumbers) {
  for (const char* value : {"nan", "inf", "1e99", "", "12x", " 120"}) {
    EXPECT_EQ(parsed({"--out", "x", "--seed", "1", "--kvp", value}).problems.size(), 1U) << value;
  }
  EXPECT_EQ(parsed({"--out", "x", "--seed"}).problems.size(), 2U);  // needs a value; missing
  EXPECT_EQ(parsed({"--out", "x", "--seed", "1", "--patient-id", "a\\b"}).problems.size(), 1U);
}

TEST(CommandLine, HelpNamesEveryOption) {
  const std::string help = help_text();
  for (const char* option : {"--out",
                             "--seed",
                             "--no-phantom",
                             "--phantom",
                             "--phantom-place",
                             "--second-phantom",
                             "--air-gap",
                             "--phantom-roll",
                             "--phantom-from",
                             "--absent-rods",
                             "--rod-bubble",
                             "--rod-density-error",
                             "--drift-slope",
                             "--fov-shift-x",
                             "--prone",
                             "--rods-only",
                             "--object",
                             "--position",
                             "--missing-slices",
                             "--duplicate-slice",
                             "--second-acquisition",
                             "--mirror",
                             "--changing-rescale",
                             "--content",
                             "--gantry-tilt",
                             "--shear",
                             "--kernel",
                             "--implant",
                             "--kvp",
                             "--contrast",
                             "--localizer",
                             "--second-reconstruction",
                             "--reverse-instance-numbers",
                             "--ffs",
                             "--noise",
                             "--spacing",
                             "--thickness",
                             "--slices",
                             "--sex",
                             "--age",
                             "--threads",
                             "--patient-id",
                             "--study-seed",
                             "--transfer-syntax",
                             "--help",
                             "--version"}) {
    EXPECT_THAT(help, HasSubstr(std::string(option)));
  }
}

int status_of(const std::string& arguments) {
  const std::string command = std::string(FOCALHIP_SIMULATE_PROGRAM) + ' ' + arguments + " > /dev/null 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SimulateProgram, EndsWithTheDocumentedStatus) {
  if (!std::filesystem::exists(FOCALHIP_SIMULATE_PROGRAM)) GTEST_SKIP() << "focalhip-simulate is not built";
  EXPECT_EQ(status_of("--help"), 0);
  EXPECT_EQ(status_of("--version"), 0);
  EXPECT_EQ(status_of(""), 2);
  EXPECT_EQ(status_of("--out /tmp/never --seed x"), 2);
  EXPECT_EQ(status_of("--out /proc/no/such --seed 1 --slices 1"), 1);
}

TEST(SimulateProgram, WritesTheWholeSetAndTheSameBytesForAnyThreadCount) {
  if (!std::filesystem::exists(FOCALHIP_SIMULATE_PROGRAM)) GTEST_SKIP() << "focalhip-simulate is not built";
  namespace fs = std::filesystem;
  const fs::path base = fs::temp_directory_path() / ("focalhip_simulate_" + std::to_string(getpid()));
  const std::string options =
      " --seed 3 --matrix 128 --fov 200 --slices 4 --localizer --second-reconstruction thick --threads ";
  ASSERT_EQ(status_of("--out " + (base / "a").string() + options + "1"), 0);
  // An existing folder is reused; slices of an earlier run must not stay in the series.
  fs::create_directories(base / "b" / "dicom");
  std::ofstream(base / "b" / "dicom" / "CT_9999.dcm") << "old";
  ASSERT_EQ(status_of("--out " + (base / "b").string() + options + "2"), 0);
  for (const char* name :
       {"truth.json", "mask.nrrd", "density.nrrd", "surface_right.vtk", "surface_left.vtk"}) {
    EXPECT_TRUE(fs::exists(base / "a" / name)) << name;
  }
  // Four slices, the localizer, and one thick slice of the second series.
  const auto entries = fs::directory_iterator(base / "a" / "dicom");
  EXPECT_EQ(std::distance(fs::begin(entries), fs::end(entries)), 6);
  const std::string diff =
      "diff -r '" + (base / "a").string() + "' '" + (base / "b").string() + "' > /dev/null";
  EXPECT_EQ(std::system(diff.c_str()), 0);
  fs::remove_all(base);
}

}  // namespace
}  // namespace focalhip::simulator
