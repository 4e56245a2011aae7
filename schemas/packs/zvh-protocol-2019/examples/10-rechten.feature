# language: nl
Functionaliteit: Rechten van de betrokkene
  Wat beperkt is, wordt bewaard en niet gebruikt. Over gegevens van politie en OM beslissen zij zelf, aan hun eigen loket
  (artikel 17 en 20).

  Regel: Beperkte gegevens worden niet gebruikt, behalve door wie ze gaf, op een grond van artikel 20.3 (20)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester en de reclassering nemen deel aan het overleg

    @regel-20 @toegestaan
    Scenario: Op het gebruik rust geen beperking
      Gegeven het gebruik van de gegevens is niet beperkt
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-20 @geweigerd
    Scenario: De betrokkene betwist de gegevens en het gebruik is beperkt
      Gegeven het gebruik van de gegevens is gisteren beperkt, omdat de juistheid wordt betwist
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 20
      En leest de afzender: Het gebruik van dit gegeven is beperkt. Laat het weg, of noem de grond van 20.3 bij de voorwaarden.

    @regel-20 @toegestaan
    Scenario: Het gebruik is beperkt, maar van wie het komt, heeft het nodig om de rechten van een ander te beschermen
      Gegeven het gebruik van de gegevens is gisteren beperkt, omdat de juistheid wordt betwist
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      En het bericht noemt dat het nodig is om de rechten van een ander te beschermen
      Dan mag het bericht worden verstuurd

    @regel-20 @geweigerd
    Scenario: Een ander heft de beperking niet op door zelf een uitzondering te noemen
      Gegeven het gebruik van de gegevens is gisteren beperkt, omdat de juistheid wordt betwist
      Als het huis de woonsituatie van de betrokkene, die de reclassering gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      En het bericht noemt dat het nodig is om de rechten van een ander te beschermen
      Dan wordt het bericht geweigerd op regel 20
      En leest de afzender: Het gebruik van dit gegeven is beperkt. Laat het weg, of noem de grond van 20.3 bij de voorwaarden.

  Regel: Wat op verzoek is verbeterd, gaat niet meer in de oude vorm (19)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester neemt deel aan het overleg

    @regel-19 @toegestaan
    Scenario: De gegevens zijn nog dezelfde
      Gegeven de gegevens zijn niet op verzoek van de betrokkene verbeterd
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-19 @geweigerd
    Scenario: De gemeente verbeterde de gegevens en het huis stuurt nog de oude
      Gegeven de gegevens zijn gisteren op verzoek van de betrokkene verbeterd, en dit is de oude versie
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 9.5
      En leest de afzender: Dit gegeven is onjuist gebleken. Laat het weg; de verstrekker geeft het juiste opnieuw.

  Regel: Na toegewezen verzet worden de gegevens niet meer gebruikt (21)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester neemt deel aan het overleg

    @regel-21 @toegestaan
    Scenario: De betrokkene verzette zich niet
      Gegeven de betrokkene heeft geen verzet aangetekend
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-21 @geweigerd
    Scenario: Het verzet van de betrokkene is toegewezen
      Gegeven het verzet van de betrokkene tegen het gebruik van de gegevens is gisteren toegewezen
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 21
      En leest de afzender: Het verzet van de betrokkene tegen dit gebruik is toegewezen. Laat dit weg; artikel 20.3 geldt hier niet.

    @regel-21 @toegestaan
    Scenario: Zolang over bezwaar of juistheid niet is beslist, kan de burgemeester zich nog op artikel 20.3 beroepen
      Gegeven het gebruik van de gegevens is gisteren beperkt, omdat de juistheid wordt betwist
      Als de burgemeester de woonsituatie van de betrokkene geeft aan het huis, voor het gezamenlijke beeld
      En het bericht noemt dat het nodig is om de rechten van een ander te beschermen
      Dan mag het bericht worden verstuurd

    @regel-21 @geweigerd
    Scenario: Na toegewezen verzet helpt ook een grond van artikel 20.3 niet
      Gegeven het verzet van de betrokkene tegen het gebruik van de gegevens is gisteren toegewezen
      Als de burgemeester de woonsituatie van de betrokkene geeft aan het huis, voor het gezamenlijke beeld
      En het bericht noemt dat het nodig is om de rechten van een ander te beschermen
      Dan wordt het bericht geweigerd op regel 21
      En leest de afzender: Het verzet van de betrokkene tegen dit gebruik is toegewezen. Laat dit weg; artikel 20.3 geldt hier niet.

  Regel: Over gegevens van politie en OM gaat hun eigen loket (17.5-6)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de politie en de reclassering nemen deel aan het overleg

    @regel-17.5-6 @toegestaan
    Scenario: Het huis beperkt op verzoek van de betrokkene het gebruik van gegevens van de reclassering
      Als het huis aan de reclassering meldt dat het gebruik is beperkt van de woonsituatie van de betrokkene, die de reclassering gaf
      Dan mag het bericht worden verstuurd

    @regel-17.5-6 @geweigerd
    Scenario: Over politiegegevens beslist het huis niet
      Als het huis aan de reclassering meldt dat het gebruik is beperkt van de woonsituatie van de betrokkene, die de politie gaf
      Dan wordt het bericht geweigerd op regel 17.5-6
      En leest de afzender: Hierover beslist alleen de partij van wie dit komt, aan haar eigen loket. Verwijs het verzoek daarheen.
