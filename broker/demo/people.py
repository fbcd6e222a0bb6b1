"""Names for the managers of the demonstration's parties, in the order of the market: buyers, organizations, the union.
Made up; whoever bears one of them has nothing to do with it."""

from __future__ import annotations

NAMES = (
    "Marta Ocampo", "Julián Restrepo", "Paola Cifuentes", "Hernán Villegas", "Catalina Duque", "Óscar Montoya",
    "Graciela Mamani", "Rodrigo Ajú", "Yadira Batista", "Karen Zelaya", "Fernando Irías", "Luis Cardona",
    "Amparo Giraldo", "Jairo Londoño", "Gloria Betancur", "Wilson Arango", "Nelly Quintana", "Ever Muñoz",
    "Lucía Chocué", "Arnulfo Trochez", "Rosalba Pinto", "Edgar Rueda", "Dora Higuita", "Ramiro Usuga",
    "Elena Condori", "Freddy Quispe", "Sabina Choque", "Tomás Xicay", "Marcelina Tuy", "Aurelio Cumes",
    "Itzel Abrego", "Rubén Santos", "Denia Mejía", "Santos Vásquez", "Iris Amador", "Nahúm Pineda",
    "Silvia Ramos", "Beatriz Zapata",
)  # fmt: skip
