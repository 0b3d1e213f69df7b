#!/usr/bin/env bash
# Who may include what: the table of the design, one rule a line. Prints every violation; status 1 if there is one.
set -u
cd "$(dirname "$0")/../.." || exit 2
failures=0

# sources FOLDER...: our C++ files below the folders.
sources() { find "$@" -type f \( -name '*.h' -o -name '*.cpp' \) | sort; }

# forbid "FILES" REGEX REASON: no include line of FILES may match REGEX.
forbid() {
  local files=$1 regex=$2 reason=$3 hits
  [ -n "$files" ] || return 0
  # shellcheck disable=SC2086
  hits=$(grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$regex" $files)
  if [ -n "$hits" ]; then
    printf '%s\n%s\n' "--- $reason" "$hits"
    failures=$((failures + 1))
  fi
}

sockets='<(sys/socket|netinet/|arpa/|netdb|Poco/Net)'
analysis=$(sources analysis)
dicom_sr=$(sources dicom_sr)
config=$(sources config)
listener=$(sources listener)
testdata=$(sources testdata)

forbid "$analysis" '"(dicom_sr|config|listener|testdata|tests)/' 'analysis includes only analysis'
forbid "$analysis" '<(dcmtk|gdcm|Poco|toml|cairo|pango|fftw)' 'analysis: no DICOM toolkit, Poco, toml, drawing, FFT'
forbid "$analysis" "$sockets" 'analysis: no sockets'
forbid "$(printf '%s\n' "$analysis" | grep -v '_itk\.cpp$')" '["<]itk' 'ITK only in *_itk.cpp of analysis'
forbid "$(printf '%s\n' "$analysis" | grep '_itk\.cpp$')" '["<]itk[A-Za-z]*(ImageIO|FileReader|FileWriter|FFT)' 'no ITK image IO or FFT'
forbid "$(printf '%s\n' "$analysis" | grep -v '^analysis/files/')" '<(nlohmann|hdf5|H5)' 'file formats only in analysis/files'
forbid "$dicom_sr" '"(config|listener|testdata|tests)/' 'dicom_sr includes only analysis and dicom_sr'
forbid "$dicom_sr" '<(Poco|itk|gdcm|dcmtk/dcmnet|toml)' 'dicom_sr: no Poco, ITK, network, toml'
forbid "$dicom_sr" "$sockets" 'dicom_sr: no sockets'
forbid "$(printf '%s\n' "$dicom_sr" | grep -v '^dicom_sr/render/')" '<(cairo|pango)' 'drawing only in dicom_sr/render'
forbid "$config" '"(listener|testdata|tests)/' 'config never includes listener'
forbid "$config" '<(Poco|itk|gdcm|dcmtk|cairo|pango)' 'config: toml++ and std only'
forbid "$(printf '%s\n' "$config" | grep -v '^config/toml_section\.h$')" '<toml' 'toml++ only in config/toml_section.h'
forbid "$listener" '"(testdata|tests)/' 'listener never includes testdata or tests'
forbid "$listener" '["<](itk|gdcm|cairo|pango)' 'listener: no ITK, no drawing'
forbid "$listener" '<Poco/Util/ServerApplication' 'listener: no ServerApplication'
forbid "$testdata" '"(analysis|dicom_sr|config|listener|tests)/' 'the simulator shares no code with the product'
forbid "$testdata" '<(itk|gdcm|Poco|cairo|Eigen)' 'testdata: DCMTK and std only'
forbid "$(sources analysis dicom_sr config listener testdata | grep '\.h$')" '<itk' 'no ITK in headers'
forbid "$(sources analysis dicom_sr config listener testdata tests)" '"(\.\./|[^/"]*")' 'quoted includes are written from the root of the repository'

# The clock and the environment are arguments of analysis, never read there.
hits=$(grep -nHE 'std::getenv|system_clock::now|steady_clock::now|std::random_device|localtime|std::rand\(' $analysis)
if [ -n "$hits" ]; then
  printf '%s\n%s\n' '--- analysis reads no clock, environment or random device' "$hits"
  failures=$((failures + 1))
fi

# No circles between the folders of a room: every folder -> folder include is an edge, tsort reports loops.
for room in analysis dicom_sr listener; do
  edges=$(for file in $(sources $room); do
    from=$(dirname "$file")
    [ "$from" = "$room" ] && continue
    grep -hoE "^#include \"$room/[^\"]+/" "$file" | sed -E 's/^#include "//; s:/$::' | while read -r to; do
      [ "$from" = "$to" ] || echo "$from $to"
    done
  done | sort -u)
  if ! loops=$(printf '%s\n' "$edges" | tsort 2>&1 >/dev/null) || [ -n "$loops" ]; then
    printf '%s\n%s\n' "--- folders of $room include each other in a circle" "$loops"
    failures=$((failures + 1))
  fi
done

[ "$failures" -eq 0 ] && echo "include rules hold"
[ "$failures" -eq 0 ]
