# Reads what `ninja -n` says it would do, then ninja's output; tells the minutes left.
# A step weighs about the seconds that it takes on one core of 2020.

function weight(line) {
  if (line ~ /cmake_pch/) return 60
  if (line ~ /Building CXX .*(models\/(torch|quantizers)|search\/(measure|agent)|learn)/) return 40
  if (line ~ /Building CXX .*(bench|tests)\//) return 12
  if (line ~ /Building CXX/) return 10
  return 0.3
}

function tell(now, left) {
  if (total < 60 || now - told < (terminal ? 2 : 30)) return
  told = now
  if (done < total / 50) return
  left = (now - began) * (total - done) / done / 60
  printf "%s  built %2d %%, %s left%s", terminal ? "\r" : "", 100 * done / total,
         left < 1 ? "less than a minute" : sprintf("about %.0f min", left + 0.5),
         terminal ? "   " : "\n"
  fflush()
}

BEGIN { began = systime() }
FNR == NR { if ($0 ~ /^\[[0-9]+\/[0-9]+\]/) total += weight($0); next }
/^\[[0-9]+\/[0-9]+\]/ { done += weight($0); tell(systime()); next }
/^ninja: (Entering directory|no work to do)/ { next }
{ print }
END { if (terminal && told) printf "\r%60s\r", "" }
