// SPDX-License-Identifier: Apache-2.0
// Line charts as SVG: vertically stacked panels that share their x axis.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

/// A named line through points (x, y).
struct chart_line {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

/// Lines over one pair of axes. The y axis starts at 0 if `from_zero`, and spans at least
/// `least_span`, so that noise does not look like a trend.
struct chart_panel {
  std::string title, x_label, y_label;
  std::vector<chart_line> lines;
  bool from_zero = false;
  double least_span = 0;
};

namespace chart {
/// `%g` with four significant digits.
inline std::string number(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", x);
  return text.data();
}
inline std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

/// An axis from `low` to `high` with a tick at each multiple of `step`, which is 1, 2 or 5 times a
/// power of ten.
struct axis {
  double low, high, step;

  axis(double least, double most) {
    const double span = std::max(most - least, 1e-9), rough = span / 6;
    const double ten = std::pow(10, std::floor(std::log10(rough)));
    step = rough <= ten ? ten : rough <= 2 * ten ? 2 * ten : rough <= 5 * ten ? 5 * ten : 10 * ten;
    low = std::floor(least / step + 1e-9) * step;
    high = std::max(low + step, std::ceil(most / step - 1e-9) * step);
  }
  [[nodiscard]] double share(double x) const { return (x - low) / (high - low); }
};

class drawing {
 public:
  void panel(const chart_panel& p) {
    double x0 = 1e300, x1 = -1e300, y0 = p.from_zero ? 0 : 1e300, y1 = -1e300;
    for (const auto& line : p.lines)
      for (const auto& [x, y] : line.points) {
        x0 = std::min(x0, x);
        x1 = std::max(x1, x);
        y0 = std::min(y0, y);
        y1 = std::max(y1, y);
      }
    if (x0 > x1) return;
    const double wider = std::max(0.0, p.least_span - (y1 - y0)) / 2;
    const axis across(x0, x1), up(y0 - wider, y1 + wider);
    const auto at_x = [&](double x) { return left + width * across.share(x); };
    const auto at_y = [&](double y) { return top_ + height * (1 - up.share(y)); };
    text(left, top_ - 14, "start", p.title, 15);
    for (int k = 0; across.low + k * across.step <= across.high + across.step / 2; ++k) {
      const double x = across.low + k * across.step;
      stroke(at_x(x), top_ + height, at_x(x), top_ + height + 5, "#555");
      text(at_x(x), top_ + height + 20, "middle", number(x));
    }
    for (int k = 0; up.low + k * up.step <= up.high + up.step / 2; ++k) {
      const double y = up.low + k * up.step;
      stroke(left, at_y(y), left + width, at_y(y), k ? "#ddd" : "#555");
      text(left - 8, at_y(y) + 4, "end", number(y));
    }
    stroke(left, top_, left, top_ + height, "#555");
    text(left + width / 2, top_ + height + 40, "middle", p.x_label);
    body_ += "<g transform=\"translate(" + number(left - 48) + ' ' + number(top_ + height / 2) +
             ") rotate(-90)\">";
    text(0, 0, "middle", p.y_label);
    body_ += "</g>\n";
    for (std::size_t k = 0; k < p.lines.size(); ++k) {
      const std::string color = colors[k % colors.size()];
      std::string points, dots;
      for (const auto& [x, y] : p.lines[k].points) {
        const auto px = number(at_x(x)), py = number(at_y(y));
        points += px + ',' + py + ' ';
        dots += "<circle cx=\"" + px + "\" cy=\"" + py + "\" r=\"3\" fill=\"" + color + "\"/>";
      }
      body_ += "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + color + "\" points=\"" +
               points + "\"/>" + dots + '\n';
      const double y = top_ + 10 + 20 * static_cast<double>(k), x = left + width + 20;
      body_ += "<line x1=\"" + number(x) + "\" y1=\"" + number(y) + "\" x2=\"" + number(x + 22) +
               "\" y2=\"" + number(y) + "\" stroke-width=\"2\" stroke=\"" + color + "\"/>";
      text(x + 28, y + 4, "start", p.lines[k].name);
    }
    top_ += height + 90;
  }
  [[nodiscard]] std::string svg() const {
    const auto tall = number(top_ - 40);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"680\" height=\"" + tall +
           "\" viewBox=\"0 0 680 " + tall +
           "\" font-family=\"sans-serif\" fill=\"#222\">\n<rect width=\"680\" height=\"" + tall +
           "\" fill=\"#fff\"/>\n" + body_ + "</svg>\n";
  }

 private:
  static constexpr double left = 70, width = 460, height = 240;
  static constexpr std::array colors{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"};

  void text(double x, double y, const char* anchor, const std::string& what, int size = 12) {
    body_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" +
             std::to_string(size) + "\" text-anchor=\"" + anchor + "\">" + escaped(what) +
             "</text>\n";
  }
  void stroke(double x1, double y1, double x2, double y2, const char* color) {
    body_ += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
             "\" y2=\"" + number(y2) + "\" stroke=\"" + color + "\"/>\n";
  }

  double top_ = 40;
  std::string body_;
};
}  // namespace chart

/// The panels as the text of an SVG file.
inline std::string draw(const std::vector<chart_panel>& panels) {
  chart::drawing d;
  for (const auto& p : panels) d.panel(p);
  return d.svg();
}
