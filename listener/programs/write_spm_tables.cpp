#include "listener/programs/write_spm_tables.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "analysis/files/write_whole_file.h"
#include "analysis/statistics/distributions.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

std::string text_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  return exact_text(value);
}

std::string vertex_table(const SpmResult& r) {
  std::ostringstream text;
  text << (r.is_lattice ? "voxel,ef,sd,t,P_vertex,P_cluster,clusid,Q,resels_per_voxel\n"
                        : "vertex,ef,sd,t,P_vertex,P_cluster,clusid,Q,resels_per_vertex\n");
  for (std::size_t p = 0; p < r.contrast.t.size(); ++p) {
    text << p << ',' << text_of(r.contrast.effect[p]) << ',' << text_of(r.contrast.standard_error[p]) << ','
         << text_of(r.contrast.t[p]) << ',' << text_of(r.inference.p_vertex[p]) << ','
         << text_of(r.inference.p_cluster[p]) << ',' << r.inference.cluster_of[p] << ','
         << text_of(r.inference.q[p]) << ',' << text_of(r.roughness.resels_of_point[p]) << '\n';
  }
  return text.str();
}

std::string cluster_table(const SpmResult& r) {
  std::ostringstream text;
  text << (r.is_lattice ? "clusid,nvoxels,resels,P\n" : "clusid,nverts,resels,P\n");
  for (std::size_t i = 0; i < r.inference.clusters.size(); ++i) {
    const Cluster& cluster = r.inference.clusters[i];
    text << i + 1 << ',' << cluster.points << ',' << text_of(cluster.resels) << ',' << text_of(cluster.p)
         << '\n';
  }
  return text.str();
}

std::string peak_table(const SpmResult& r) {
  std::ostringstream text;
  text << (r.is_lattice ? "t,voxel,clusid,P\n" : "t,vertex,clusid,P\n");
  for (const Peak& peak : r.inference.peaks) {
    text << text_of(peak.t) << ',' << peak.point << ',' << peak.cluster << ',' << text_of(peak.p) << '\n';
  }
  return text.str();
}

// Rows "quantity,value".
class Summary {
 public:
  void add(const std::string& quantity, double value) { text_ << quantity << ',' << text_of(value) << '\n'; }
  void add(const std::string& quantity, const std::string& value) {
    text_ << quantity << ',' << value << '\n';
  }
  [[nodiscard]] std::string text() const { return "quantity,value\n" + text_.str(); }

 private:
  std::ostringstream text_;
};

struct Extremes {
  double t_max = -INFINITY;
  double t_min = INFINITY;
  double least_p = 1.0;
  double least_q = 1.0;
  double t_with_q = NAN;  // smallest t with Q < 0.05
  double resels = 0.0;
};

Extremes extremes_of(const SpmResult& r) {
  Extremes found;
  for (std::size_t p = 0; p < r.mask.size(); ++p) {
    if (r.mask[p] == 0) continue;
    const double t = r.contrast.t[p];
    found.t_max = std::max(found.t_max, t);
    found.t_min = std::min(found.t_min, t);
    found.least_p = std::min(found.least_p, r.inference.p_vertex[p]);
    found.least_q = std::min(found.least_q, r.inference.q[p]);
    if (r.inference.q[p] < 0.05)
      found.t_with_q = std::isnan(found.t_with_q) ? t : std::min(found.t_with_q, t);
    found.resels += r.roughness.resels_of_point[p];
  }
  return found;
}

void add_thresholds(const SpmResult& r, Summary& summary) {
  const MaximumLaw law(r.roughness.resels, r.inference.points_in_mask, r.df);
  summary.add("t_peak_p05", law.threshold(0.05));
  summary.add("t_peak_p01", law.threshold(0.01));
  summary.add("t_peak_p001", law.threshold(0.001));
  summary.add("t_rft_only_p05", law.random_field_threshold(0.05));
  summary.add("t_bonferroni_only_p05", law.bonferroni_threshold(0.05));
  for (const auto& [name, p] : {std::pair{"05", 0.05}, std::pair{"025", 0.025}, std::pair{"001", 0.001}}) {
    summary.add(std::string("t_uncorrected_p") + name,
                r.df >= gaussian_df ? normal_upper_quantile(p) : student_t_upper_quantile(p, r.df));
  }
  const auto clusters =
      ClusterLaw::where_defined({.dimensions = r.dimensions, .df = r.df, .df_of_resels = r.df},
                                r.inference.cluster_threshold_t,
                                r.roughness.resels[static_cast<std::size_t>(r.dimensions)]);
  summary.add("extent_resels_p05", clusters ? clusters->extent(0.05) : NAN);
  summary.add("extent_resels_p01", clusters ? clusters->extent(0.01) : NAN);
  summary.add("t_where_P_is_1", law.t_where_p_is_1());
}

std::string summary_table(const SpmResult& r) {
  Summary summary;
  summary.add("df", r.df);
  summary.add(r.is_lattice ? "n_voxels" : "n_mask", r.inference.points_in_mask);
  summary.add("cluster_threshold_in", r.cluster_threshold_in);
  summary.add("cluster_threshold_t", r.inference.cluster_threshold_t);
  for (std::size_t d = 0; d < 4; ++d) summary.add("resels_" + std::to_string(d), r.roughness.resels[d]);
  add_thresholds(r, summary);
  const Extremes found = extremes_of(r);
  summary.add("smallest_t_with_Q_below_0.05", found.t_with_q);
  summary.add(r.is_lattice ? "t_max" : "t_max_in_mask", found.t_max);
  summary.add(r.is_lattice ? "t_min" : "t_min_in_mask", found.t_min);
  summary.add("n_clusters", static_cast<double>(r.inference.clusters.size()));
  summary.add("n_peaks", static_cast<double>(r.inference.peaks.size()));
  summary.add("min_P_vertex", found.least_p);
  summary.add("min_Q", found.least_q);
  summary.add(r.is_lattice ? "sum_resels_per_voxel" : "sum_resels_per_vertex", found.resels);
  summary.add("n_left_out_not_finite", r.not_finite);
  summary.add("n_left_out_zero_variance", r.zero_variance);
  return summary.text();
}

}  // namespace

void write_spm_tables(const SpmResult& result, const std::filesystem::path& folder) {
  const std::string vertex = vertex_table(result);
  const std::string clusters = cluster_table(result);
  const std::string peaks = peak_table(result);
  const std::string summary = summary_table(result);
  std::filesystem::create_directories(folder);
  write_whole_files({{folder / "vertex.csv", vertex},
                     {folder / "clusters.csv", clusters},
                     {folder / "peaks.csv", peaks},
                     {folder / "summary.csv", summary}});
}

}  // namespace focalhip
