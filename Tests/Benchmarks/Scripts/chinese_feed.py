"""Writes an RSS feed of so many megabytes: Chinese sentences, formulas as source, lists, code, tables.

All words are made up here, and the same for every run.
"""

import random
import sys
from email.utils import formatdate

WORDS = (
    "我们 先来 考虑 一个 简单 的 问题 如果 把 矩阵 看成 线性 变换 那么 它的 秩 就 决定 了 信息 能 保留 多少 "
    "换句话说 只要 梯度 足够 平滑 优化器 就 可以 走 更大 的 步长 读者 不妨 自己 推导 一遍 attention softmax "
    "low-rank SVD entropy Transformer"
).split()
FORMULAS = [
    r"$\boldsymbol{W}\in\mathbb{R}^{n\times m}$",
    r"$\eta_t = \eta_0 / \sqrt{t+1}$",
    r"$p(x\mid y) \propto p(y\mid x)p(x)$",
    r"\(a_{ij} &lt; b_{ij}\)",
    r"$\mathcal{L}_{\text{CE}}$",
]
DISPLAYS = [
    "\\begin{equation}\n\\boldsymbol{O} = \\text{softmax}\\left(\\frac{\\boldsymbol{Q}\\boldsymbol{K}^{\\top}}"
    "{\\sqrt{d}}\\right)\\boldsymbol{V}\\end{equation}",
    "\\begin{aligned}\n\\mathbb{E}[f(x)] =&amp;\\, \\int p(x) f(x) dx \\\\\n\\approx&amp;\\, "
    "\\frac{1}{n}\\sum_{i=1}^n f(x_i)\n\\end{aligned}",
    "$$\\sum_{k=0}^{\\infty} \\frac{x^k}{k!} = e^x$$",
]
CODE = "<pre><code>def step(w, g, lr=0.1):\n    return w - lr * g / g.norm()  # 更新权重\n</code></pre>"


def sentence(dice):
    parts = [
        dice.choice(FORMULAS) if dice.random() < 0.08 else dice.choice(WORDS)
        for _ in range(dice.randint(8, 26))
    ]
    return "".join(parts) + dice.choice("。。！？")


def body(dice):
    blocks = []
    for _ in range(dice.randint(3, 8)):
        kind = dice.random()
        if kind < 0.6:
            blocks.append("<p>" + "".join(sentence(dice) for _ in range(dice.randint(2, 6))) + "</p>")
        elif kind < 0.8:
            blocks.append("<p>" + sentence(dice) + "\n" + dice.choice(DISPLAYS) + "\n</p>")
        elif kind < 0.88:
            blocks.append("<ul>" + "".join("<li>%s</li>" % sentence(dice) for _ in range(3)) + "</ul>")
        elif kind < 0.94:
            blocks.append(CODE)
        else:
            blocks.append("<p><a href='/archives/%d'>%s</a></p>" % (dice.randint(1, 9999), sentence(dice)))
    return "\n".join(blocks)


def main():
    wanted = int(float(sys.argv[1]) * 1e6)
    dice = random.Random(1)
    out = sys.stdout.buffer
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>大订阅源</title>'
        "<link>https://feed.example/</link><description>一个很大的订阅源</description>\n"
    ).encode()
    out.write(head)
    # Bodies are made once and repeated, so that the making takes seconds.
    bodies = [body(dice) for _ in range(400)]
    size = len(head)
    number = 0
    while size < wanted:
        number += 1
        item = (
            "<item><title>第 %d 篇：%s</title><link>https://feed.example/archives/%d</link>"
            "<guid isPermaLink=\"false\">a%d</guid><dc:creator>苏</dc:creator><pubDate>%s</pubDate>"
            "<description><![CDATA[%s]]></description><content:encoded><![CDATA[%s]]></content:encoded>"
            "</item>\n"
            % (
                number,
                dice.choice(WORDS),
                number,
                number,
                formatdate(1.6e9 - number * 3600),
                sentence(dice),
                bodies[number % len(bodies)],
            )
        ).encode()
        out.write(item)
        size += len(item)
    out.write(b"</channel></rss>\n")


main()
