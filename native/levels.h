// The CPU levels that were compiled in, best first, and which of them run here.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "program.h"

namespace pellucid {

#ifdef PELLUCID_X86
extern const Level level_avx512, level_avx2, level_baseline;
#elif defined(PELLUCID_ARM)
extern const Level level_neon;
#else
extern const Level level_baseline;
#endif

inline std::vector<const Level*> every_level() {
#ifdef PELLUCID_X86
    return {&level_avx512, &level_avx2, &level_baseline};
#elif defined(PELLUCID_ARM)
    return {&level_neon};
#else
    return {&level_baseline};
#endif
}

inline std::vector<std::string> levels_here() {
    std::vector<std::string> names;
    for (const Level* level : every_level())
        if (level->runs_here()) names.emplace_back(level->name);
    return names;
}

inline const Level& level_called(const std::string& name) {
    for (const Level* level : every_level())
        if (level->runs_here() && name == level->name) return *level;
    throw std::invalid_argument("no CPU level is called '" + name + "' here");
}

}  // namespace pellucid
